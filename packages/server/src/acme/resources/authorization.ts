/** Authorization (RFC 8555 §7.5): read, or given up (§7.5.2), by its account. */
import { z } from 'zod'
import { deactivateAuthorizations, findAuthorization } from '../../store/acme-authorizations.js'
import { listChallenges } from '../../store/acme-challenges.js'
import { endOrders } from '../../store/acme-orders.js'
import type { AuthorizationRow, OrderError } from '../../store/acme-tables.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import { readPayload } from '../read-payload.js'
import type { AccountCall } from '../serve.js'
import { representChallenge } from './challenge.js'

const schema = z.object({ status: z.literal('deactivated').optional() })

const statusOf = ({ status, expires_at: expiresAt }: AuthorizationRow, now: Date): string =>
  (status === 'valid' || status === 'pending') && expiresAt <= now ? 'expired' : status

/** RFC 8555 §7.1.4: what can still be met, or what settled it; none when an operator has seen the proof. */
async function representChallenges(
  trx: Transaction,
  row: AuthorizationRow,
  { urls, http }: AccountCall,
): Promise<unknown[]> {
  if (row.basis !== 'challenge') return []
  const challenges = await listChallenges(trx, row.id)
  const shown =
    row.status === 'pending' ? challenges : challenges.filter(({ status }) => status === row.status)
  return shown.map((challenge) => representChallenge(challenge, urls, http.language))
}

export async function answerAuthorization(
  acme: AcmeEnvironment,
  trx: Transaction,
  call: AccountCall,
  row: AuthorizationRow,
): Promise<Answer> {
  const body = {
    identifier: { type: 'dns', value: row.name },
    status: statusOf(row, acme.env.now()),
    expires: row.expires_at.toISOString(),
    challenges: await representChallenges(trx, row, call),
  }
  return { headers: { Location: call.urls.authorization(row.id) }, body }
}

const givenUp: OrderError = {
  problem: 'unauthorized',
  detail: {
    en: 'An authorization of the order was deactivated; make a new order.',
    ja: 'オーダーの認可が無効化されました。新しいオーダーを作成してください。',
  },
}

async function deactivate(
  acme: AcmeEnvironment,
  trx: Transaction,
  { id, account_id: accountId }: AuthorizationRow,
): Promise<void> {
  await deactivateAuthorizations(trx, accountId, id)
  await endOrders(trx, accountId, givenUp, id)
  await appendAudit(trx, [
    { at: acme.env.now(), actor: `account:${accountId}`, action: 'authorization.deactivate', subject: id },
  ])
}

export async function authorization(
  acme: AcmeEnvironment,
  trx: Transaction,
  call: AccountCall,
): Promise<Answer> {
  const { status } = readPayload(schema, call.payload ?? {})
  const row = await findAuthorization(trx, call.accountId, call.http.params.id ?? '')
  if (!row) throw notYours('authorization')
  const now = acme.env.now()
  const isLive = ['pending', 'valid'].includes(statusOf(row, now))
  if (status === undefined || !isLive) return answerAuthorization(acme, trx, call, row)
  await deactivate(acme, trx, row)
  return answerAuthorization(acme, trx, call, { ...row, status })
}
