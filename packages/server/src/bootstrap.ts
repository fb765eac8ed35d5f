/**
 * What the first start leaves in the data directory, so that a person can begin:
 * the first operator's token, and an EAB credential of the sample organisation.
 * Later starts change nothing.
 *
 * Rows go in before their file: a crash between leaves an unused row, not a file
 * that opens nothing.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { OrganisationConfig } from './config.js'
import { writeSecret } from './files/write-atomically.js'
import { newId } from './issuance/new-id.js'
import type { Environment } from './issuance/ports/environment.js'
import { type EabCredential, makeEabCredential } from './policy/make-eab-credential.js'
import { EVERYTHING } from './policy/scopes.js'
import { insertApproval } from './store/approvals.js'
import { appendAudit } from './store/audit.js'
import { insertOperator } from './store/operators.js'
import { insertToken, makeToken } from './store/tokens.js'

async function makeOperatorToken(env: Environment, file: string): Promise<void> {
  const [organisation] = env.config.organisations
  if (!organisation) return
  const token = makeToken()
  const now = env.now()
  const shared = { organisation: organisation.id, created_at: now }
  const operator = {
    ...shared,
    id: newId(),
    display_name: 'first operator',
    role: 'administrator' as const,
    updated_at: now,
  }
  const row = {
    ...shared,
    id: newId(),
    name: 'first operator',
    scopes: [EVERYTHING],
    operator_id: operator.id,
    created_by: 'gateway',
  }
  await env.db.transaction().execute(async (trx) => {
    await insertOperator(trx, operator)
    await insertToken(trx, token, row)
    const record = { at: now, actor: 'gateway', detail: { organisation: row.organisation } }
    await appendAudit(trx, [
      { ...record, action: 'operator.create', subject: operator.id },
      { ...record, action: 'token.create', subject: row.id },
    ])
  })
  await writeSecret(file, `${token}\n`)
}

/** example.ac.jp is set aside for examples: no organisation that has another domain gets a ready credential. */
const isSample = ({ domains }: OrganisationConfig): boolean =>
  domains.every((domain) => domain === 'example.ac.jp')

const sampleSubscriber = {
  name: '国立 太郎',
  department: '情報基盤センター',
  email: 'taro@example.ac.jp',
}

/** An approval for every name of the organisation, and a credential that carries it. */
function approveEverything(env: Environment, organisation: OrganisationConfig): Promise<EabCredential> {
  const now = env.now()
  const approval = { id: newId(), organisation: organisation.id }
  return env.db.transaction().execute(async (trx) => {
    await insertApproval(trx, {
      ...approval,
      subscriber: sampleSubscriber,
      names: organisation.domains.map((domain) => `.${domain}`),
      approved_by: 'gateway',
      valid_until: null,
      created_at: now,
    })
    const terms = { approval, reusable: true, expiresAt: null, createdBy: 'gateway', now }
    const credential = await makeEabCredential(trx, env.vault, terms)
    const detail = { approval: approval.id, reusable: true }
    await appendAudit(trx, [
      { at: now, actor: 'gateway', action: 'eab.create', subject: credential.kid, detail },
    ])
    return credential
  })
}

async function makeSampleEab(env: Environment, file: string): Promise<void> {
  const organisation = env.config.organisations.find(isSample)
  if (!organisation) return
  await writeSecret(file, `${JSON.stringify(await approveEverything(env, organisation))}\n`)
}

const files = { 'operator.token': makeOperatorToken, 'eab.json': makeSampleEab }

export async function bootstrap(env: Environment): Promise<void> {
  for (const [name, make] of Object.entries(files)) {
    const file = join(env.config.dataDirectory, name)
    if (!existsSync(file)) await make(env, file)
  }
}
