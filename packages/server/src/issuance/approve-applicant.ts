/**
 * Approving what an account without an EAB credential applied for approves the account for these names, from now on.
 * Source: docs/architecture.md, "Waiting is the normal case".
 */
import { isLive } from '../policy/approval.js'
import { carryApproval, lockAccount } from '../store/acme-accounts.js'
import type { AccountRow } from '../store/acme-tables.js'
import { addNames, findApproval, insertApproval } from '../store/approvals.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow, ApprovalRow } from '../store/tables.js'
import { namesOfApplication } from './names-of-application.js'
import { newId } from './new-id.js'

export interface Approving {
  actor: string
  now: Date
}

/** The account that applied, where it did so without an approval of its own. */
export const accountOf = ({ created_by: actor }: Pick<ApplicationRow, 'created_by'>): string | undefined =>
  /^account:(.+)$/.exec(actor)?.[1]

async function liveApprovalOf(trx: Transaction, account: AccountRow, now: Date) {
  const approval = account.approval_id ? await findApproval(trx, account.approval_id) : undefined
  return approval && isLive(approval, now) ? approval : undefined
}

async function makeApproval(
  trx: Transaction,
  account: AccountRow,
  application: ApplicationRow,
  { actor, now }: Approving,
): Promise<Pick<ApprovalRow, 'id'>> {
  const { subscriberName, subscriberDepartment, subscriberEmail, software } = application.fields
  const approval = {
    id: newId(),
    organisation: application.organisation,
    subscriber: {
      name: subscriberName,
      department: subscriberDepartment,
      email: subscriberEmail ?? '',
      software,
    },
    names: namesOfApplication(application),
    approved_by: actor,
    valid_until: null,
    created_at: now,
    account_id: account.id,
  }
  await insertApproval(trx, approval)
  await carryApproval(trx, account.id, approval.id)
  return approval
}

/** @returns id of the approval that the application then stands on; the one it had, when there is nothing to make */
export async function approveApplicant(
  trx: Transaction,
  application: ApplicationRow,
  approving: Approving,
): Promise<string | null> {
  const id = accountOf(application)
  const account = id === undefined ? undefined : await lockAccount(trx, id)
  if (!account || account.eab_kid !== null) return application.approval_id
  const { actor, now } = approving
  const live = await liveApprovalOf(trx, account, now)
  if (live) await addNames(trx, live.id, namesOfApplication(application))
  const approval = live ?? (await makeApproval(trx, account, application, approving))
  const detail = { account: account.id, names: namesOfApplication(application) }
  const action = live ? 'approval.extend' : 'approval.create'
  await appendAudit(trx, [{ at: now, actor, action, subject: approval.id, detail }])
  return approval.id
}
