/**
 * Does the validations that are due, and settles what they show.
 *
 * A fault that may pass by itself is tried again after 5, 15 and 45 seconds. What is
 * due stands in the store, so a restart loses time and nothing else.
 */
import type { Environment } from '../../issuance/ports/environment.js'
import { findAccount } from '../../store/acme-accounts.js'
import { findAuthorization } from '../../store/acme-authorizations.js'
import { findNextDue, readyOrders, settle, takeDue, tryLater } from '../../store/acme-challenges.js'
import { endOrders } from '../../store/acme-orders.js'
import type { ChallengeRow, OrderError } from '../../store/acme-tables.js'
import { appendAudit } from '../../store/audit.js'
import type { ValidationFault } from './fault.js'
import { retryDelayMs } from './retries.js'
import { makeValidate, type Validate } from './validate.js'

const AT_ONCE = 10
/** Longer than a validation takes: CAA records and addresses, eight seconds each, behind aliases more; then ten of HTTP. */
const LEASE_MS = 120_000
/** Of a name shown by challenge. */
const VALID_MS = 30 * 86_400_000

const explanations: Record<ValidationFault['kind'], string> = {
  caa: 'CAAレコードがこの認証局を許可していません。',
  connection: 'チャレンジの確認先へ接続できませんでした。',
  dns: 'DNSの応答を得られませんでした。',
  incorrectResponse: 'チャレンジの応答が正しくありません。',
  tls: 'TLS接続を確立できませんでした。',
  unauthorized: 'チャレンジの内容がこのアカウントのものではありません。',
}

const toError = ({ kind, message }: ValidationFault): OrderError => ({
  problem: kind,
  detail: { en: message, ja: explanations[kind] },
})

const mayPass = ({ kind }: ValidationFault): boolean => ['connection', 'dns', 'tls'].includes(kind)

async function conclude(env: Environment, challenge: ChallengeRow, error?: OrderError): Promise<void> {
  const now = env.now()
  const { account_id: accountId, authorization_id: authorizationId } = challenge
  await env.db.transaction().execute(async (trx) => {
    const outcome = { now, validUntil: new Date(now.getTime() + VALID_MS), error }
    if (!(await settle(trx, challenge, outcome))) return
    if (error) await endOrders(trx, accountId, error, authorizationId)
    else await readyOrders(trx, accountId, authorizationId)
    await appendAudit(trx, [
      {
        at: now,
        actor: 'gateway',
        action: error ? 'authorization.invalid' : 'authorization.valid',
        subject: authorizationId,
        detail: { challenge: challenge.type, problem: error?.problem },
      },
    ])
  })
}

async function runOne(env: Environment, validate: Validate, challenge: ChallengeRow): Promise<void> {
  const { account_id: accountId, authorization_id: authorizationId, token, type } = challenge
  const account = await findAccount(env.db, accountId)
  const authorization = await findAuthorization(env.db, accountId, authorizationId)
  if (!account || !authorization) throw new Error('A challenge without account or authorization')
  const { name } = authorization
  const fault = await validate(type, { name, token, keyAuthorization: `${token}.${account.thumbprint}` })
  const delay = fault && mayPass(fault) ? retryDelayMs(challenge.attempts) : undefined
  if (!fault || delay === undefined) return conclude(env, challenge, fault && toError(fault))
  await tryLater(env.db, challenge.id, new Date(env.now().getTime() + delay), toError(fault))
}

/** @returns milliseconds until the next one is due, if one waits */
export async function runValidations(env: Environment): Promise<number | undefined> {
  const validate = makeValidate(env.config.acme)
  for (;;) {
    const due = await takeDue(env.db, env.now(), LEASE_MS, AT_ONCE)
    if (due.length === 0) break
    const results = await Promise.allSettled(due.map((challenge) => runOne(env, validate, challenge)))
    for (const result of results)
      if (result.status === 'rejected') env.log.error({ err: result.reason as unknown }, 'validation failed')
  }
  const next = await findNextDue(env.db)
  return next && Math.max(1, next.getTime() - env.now().getTime())
}
