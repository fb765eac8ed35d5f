/** Challenge (RFC 8555 §7.5.1): an empty object says that it may be validated; POST-as-GET reads it. */
import { problems } from '../../problem/problems.js'
import type { Language } from '../../http/render-problem.js'
import { findAuthorization } from '../../store/acme-authorizations.js'
import { listFailures, lockChallenge, makeDue } from '../../store/acme-challenges.js'
import type { AuthorizationRow, ChallengeRow } from '../../store/acme-tables.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { isObject, malformed } from '../jws/flattened-jws.js'
import { rateLimited } from '../limits/rate-limited.js'
import { notYours } from '../not-yours.js'
import type { AccountCall } from '../serve.js'
import { linkHeader, type Urls } from '../urls.js'

const DAY_MS = 86_400_000
/** As the service's own ACME has it. Source: docs/acme-divergences.md, §6.6. */
export const MAX_FAILURES_A_DAY = 20
/** While it is validated. */
const RETRY_SECONDS = 2

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

async function checkBudget(
  acme: AcmeEnvironment,
  trx: Transaction,
  { accountId, urls }: AccountCall,
): Promise<void> {
  const now = acme.env.now()
  const failures = await listFailures(trx, accountId, new Date(now.getTime() - DAY_MS), MAX_FAILURES_A_DAY)
  const [oldest] = failures
  if (failures.length < MAX_FAILURES_A_DAY || !oldest) return
  const texts = {
    en: `${MAX_FAILURES_A_DAY} validations of this account failed within a day; mend the cause and wait`,
    ja: `このアカウントの検証が1日に${MAX_FAILURES_A_DAY}回失敗しました。原因を直してから、時間をおいてやり直してください。`,
  }
  throw rateLimited(urls, texts, oldest.getTime() + DAY_MS - now.getTime())
}

const isPending = ({ status, expires_at: expiresAt }: AuthorizationRow, now: Date): boolean =>
  status === 'pending' && expiresAt > now

function answer(row: ChallengeRow, { urls, http }: AccountCall): Answer {
  const headers: Record<string, string> = {
    Link: linkHeader(urls, { up: urls.authorization(row.authorization_id) }),
    ...(row.status === 'processing' ? { 'Retry-After': String(RETRY_SECONDS) } : {}),
  }
  return { headers, body: representChallenge(row, urls, http.language) }
}

/** Answering again changes nothing, and a settled one is not fetched again. */
export async function challenge(acme: AcmeEnvironment, trx: Transaction, call: AccountCall): Promise<Answer> {
  const row = await lockChallenge(trx, call.accountId, call.http.params.id ?? '')
  const authorization = row && (await findAuthorization(trx, call.accountId, row.authorization_id))
  if (!row || !authorization) throw notYours('challenge')
  if (call.payload === undefined) return answer(row, call)
  if (!isObject(call.payload)) throw malformed('The payload is an empty object (RFC 8555 §7.5.1)')
  if (row.status !== 'pending' || !isPending(authorization, acme.env.now())) return answer(row, call)
  await checkBudget(acme, trx, call)
  await makeDue(trx, row.id, acme.env.now())
  return { ...answer({ ...row, status: 'processing' }, call), afterCommit: () => acme.env.ring('validate') }
}
