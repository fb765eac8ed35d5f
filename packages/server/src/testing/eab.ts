/** Approvals and EAB credentials for tests. */
import { newId } from '../issuance/new-id.js'
import { type EabCredential, makeEabCredential } from '../policy/make-eab-credential.js'
import { insertApproval } from '../store/approvals.js'
import type { ApprovalRow } from '../store/tables.js'
import type { TestGateway } from './gateway.js'

export interface TestEab extends Partial<
  Pick<ApprovalRow, 'names' | 'valid_until' | 'subscriber' | 'organisation'>
> {
  reusable?: boolean
  expiresAt?: Date
}

/** By default reusable, for `.example.ac.jp`, without end. */
export async function makeEab(
  { env }: TestGateway,
  { reusable = true, expiresAt, ...approval }: TestEab = {},
): Promise<EabCredential & { approvalId: string }> {
  const row = {
    id: newId(),
    organisation: 'example',
    names: ['.example.ac.jp'],
    valid_until: null,
    subscriber: { email: 'taro@example.ac.jp' },
    approved_by: 'test',
    created_at: env.now(),
    ...approval,
  }
  return env.db.transaction().execute(async (trx) => {
    await insertApproval(trx, row)
    const terms = { approval: row, reusable, expiresAt: expiresAt ?? null, createdBy: 'test', now: env.now() }
    return { ...(await makeEabCredential(trx, env.vault, terms)), approvalId: row.id }
  })
}
