/** Challenge (RFC 8555 §7.5.1): an empty object says that it may be validated; POST-as-GET reads it. */
import { problems } from '../../problem/problems.js'
import type { Language } from '../../http/render-problem.js'
import { findAuthorization } from '../../store/acme-authorizations.js'
import { lockBudget, lockChallenge, makeDue, type ValidationBudget } from '../../store/acme-challenges.js'
import type { AuthorizationRow, ChallengeRow } from '../../store/acme-tables.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { isObject, malformed } from '../jws/flattened-jws.js'
import { rateLimited } from '../limits/rate-limited.js'
import { notYours } from '../not-yours.js'
import type { AccountCall } from '../serve.js'
import { linkHeader, type Urls } from '../urls.js'
import { lookAgainSeconds, mayRetryNow } from '../validation/retries.js'

const DAY_MS = 86_400_000
/** As the service's own ACME has it. Source: docs/acme-divergences.md, §6.6. */
export const MAX_FAILURES_A_DAY = 20
/** Those under way settle within seconds; what they leave of the day's number is known then. */
const UNDER_WAY_MS = 5_000

export function representChallenge(
  row: ChallengeRow,
  urls: Urls,
  language: Language,
): Record<string, unknown> {
  const { error } = row
  return {
    type: row.type,
    url: urls.challenge(row.id),
    status: row.status,
    token: row.token,
    ...(row.validated_at ? { validated: row.validated_at.toISOString() } : {}),
    ...(error
      ? {
          error: {
            type: problems[error.problem].type,
            status: problems[error.problem].status,
            detail: error.detail[language],
          },
        }
      : {}),
  }
}

/** How long until one more may fail; undefined when it may. Those under way may fail too, so they count until they are settled. */
function waitForBudget({ failures, underWay }: ValidationBudget, now: Date): number | undefined {
  if (failures.length + underWay < MAX_FAILURES_A_DAY) return undefined
  const [oldest] = failures
  if (failures.length < MAX_FAILURES_A_DAY || !oldest) return UNDER_WAY_MS
  return oldest.getTime() + DAY_MS - now.getTime()
}

/** @throws ProblemError rateLimited */
async function checkBudget(
  acme: AcmeEnvironment,
  trx: Transaction,
  { accountId, urls }: AccountCall,
): Promise<void> {
  const now = acme.env.now()
  const since = new Date(now.getTime() - DAY_MS)
  const budget = await lockBudget(trx, accountId, { since, limit: MAX_FAILURES_A_DAY })
  const waitMs = waitForBudget(budget, now)
  if (waitMs === undefined) return
  const { failures, underWay } = budget
  const texts = {
    en: `${failures.length} validations of this account failed within a day and ${underWay} are under way; ${MAX_FAILURES_A_DAY} may fail. Mend the cause and wait`,
    ja: `このアカウントの検証は1日以内に${failures.length}回失敗し、${underWay}件が確認中です（失敗は1日${MAX_FAILURES_A_DAY}回まで）。原因を直してから、時間をおいてやり直してください。`,
  }
  throw rateLimited(urls, texts, waitMs)
}

const isPending = ({ status, expires_at: expiresAt }: AuthorizationRow, now: Date): boolean =>
  status === 'pending' && expiresAt > now

function answer(row: ChallengeRow, { urls, http }: AccountCall, now: Date): Answer {
  const headers: Record<string, string> = {
    Link: linkHeader(urls, { up: urls.authorization(row.authorization_id) }),
    ...(row.status === 'processing' ? { 'Retry-After': String(lookAgainSeconds(row, now)) } : {}),
  }
  return { headers, body: representChallenge(row, urls, http.language) }
}

/** Answering again changes nothing but for a retry that is waited for (RFC 8555 §8.2): it is made at once. */
export async function challenge(acme: AcmeEnvironment, trx: Transaction, call: AccountCall): Promise<Answer> {
  const now = acme.env.now()
  const row = await lockChallenge(trx, call.accountId, call.http.params.id ?? '')
  const authorization = await findAuthorization(trx, call.accountId, row?.authorization_id ?? '')
  if (!row || !authorization) throw notYours('challenge')
  if (call.payload === undefined) return answer(row, call, now)
  if (!isObject(call.payload))
    throw malformed(
      'The payload is an empty object (RFC 8555 §7.5.1)',
      'ペイロードは空のオブジェクトにしてください（RFC 8555 §7.5.1）。',
    )
  const isRetry = mayRetryNow(row, now)
  if (!isPending(authorization, now) || (row.status !== 'pending' && !isRetry)) return answer(row, call, now)
  if (!isRetry) await checkBudget(acme, trx, call)
  await makeDue(trx, row.id, now)
  const asked: ChallengeRow = { ...row, status: 'processing', due_at: now }
  return { ...answer(asked, call, now), afterCommit: () => acme.env.ring('validate') }
}
