/**
 * Proving names by challenges: RFC 8555 §7.5.1.
 *
 * All challenges of an order are shown and answered together, then looked at
 * together. What was shown is taken away whatever happened.
 */
import { calculateJwkThumbprint } from 'jose'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'
import { AcmeProblem } from './acme-problem.js'
import { challengeTypes, type Authenticator, type ChallengeTask, type ChallengeType } from './challenge.js'
import { isPassing } from './order.js'
import { boundedWait } from './retry-after.js'
import { authorizationSchema, challengeSchema, type Authorization, type Order } from './schemas.js'
import type { Session } from './session.js'

export interface Prover {
  /** Undefined: challenges cannot be met. */
  authenticator?: Authenticator
  /** Asked for by `--preferred-challenges`; the authenticator's own order when empty. */
  preferred: readonly ChallengeType[]
  /** Looks at what is shown as the server will, before one of its few failures is used. @throws Failure */
  preflight: (tasks: readonly ChallengeTask[]) => Promise<void>
  tell: (state: Bilingual) => void
  signal: AbortSignal
}

/** A failed validation: the order ends with it. */
export class ChallengesFailed extends AcmeProblem {
  override name = 'ChallengesFailed'
}

/** Longest wait for the server to look; ours tries again for 65 seconds, others for less. */
const validationSeconds = 600

/**
 * Proves whatever an order still needs.
 *
 * @returns `proven`, or `waiting` when nothing can be shown: a person has to decide
 * @throws Failure when challenges are wanted that cannot be met; ChallengesFailed
 */
export async function proveNames(
  session: Session,
  order: Order,
  prover: Prover,
): Promise<'proven' | 'waiting'> {
  const open = (await openAuthorizations(session, order)).filter(({ challenges }) => challenges.length > 0)
  if (open.length === 0) return 'waiting'
  const chosen = await chooseChallenges(session, open, prover)
  const tasks = chosen.map(({ task }) => task)
  const { authenticator } = prover
  try {
    prover.tell(showing)
    await authenticator?.perform(tasks)
    await prover.preflight(tasks)
    await Promise.all(chosen.map(({ url }) => session.post(url, challengeSchema, {})))
    prover.tell(looking)
    await untilDecided(session, chosen, prover.signal)
  } finally {
    await authenticator?.cleanUp(tasks)
  }
  return 'proven'
}

/** Whether the order can go on; asked before a key is made for it. @throws Failure */
export async function checkProvable(session: Session, order: Order, prover: Prover): Promise<void> {
  if (order.status !== 'pending') return
  const open = (await openAuthorizations(session, order)).filter(({ challenges }) => challenges.length > 0)
  if (open.length > 0) await chooseChallenges(session, open, prover)
}

interface OpenAuthorization extends Authorization {
  address: string
}

async function openAuthorizations(session: Session, order: Order): Promise<OpenAuthorization[]> {
  const found = await Promise.all(
    order.authorizations.map(async (address) => ({
      ...(await session.post(address, authorizationSchema)).value,
      address,
    })),
  )
  const ended = found.find(({ status }) => status !== 'valid' && status !== 'pending')
  if (ended) throw lapsed(ended)
  return found.filter(({ status }) => status === 'pending')
}

interface Chosen {
  task: ChallengeTask
  /** Of the challenge, and of its authorization. */
  url: string
  address: string
}

async function chooseChallenges(
  session: Session,
  open: readonly OpenAuthorization[],
  { authenticator, preferred }: Prover,
): Promise<Chosen[]> {
  const thumbprint = await calculateJwkThumbprint(session.key.publicJwk)
  if (!authenticator) throw withoutAuthenticator(open)
  const able = authenticator.types.filter((type) => preferred.length === 0 || preferred.includes(type))
  const wished = preferred.length > 0 ? preferred.filter((type) => able.includes(type)) : able
  return open.map((authorization) => {
    const { challenges, identifier, address } = authorization
    const offered = wished.flatMap((type) => challenges.filter((one) => one.type === type && one.token))
    const [challenge] = offered
    if (!challenge?.token) throw noCommonChallenge(authorization, authenticator.name, wished)
    const { token, url, type } = challenge
    const keyAuthorization = `${token}.${thumbprint}`
    const task = { domain: identifier.value, type: type as ChallengeType, token, keyAuthorization }
    return { task, url, address }
  })
}

async function untilDecided(session: Session, chosen: readonly Chosen[], signal: AbortSignal): Promise<void> {
  const end = performance.now() + validationSeconds * 1000
  let open = chosen
  const refused: { domain: string; problem: AcmeProblem }[] = []
  for (let attempt = 0; open.length > 0; attempt++) {
    const looks = await Promise.all(open.map((one) => look(session, one)))
    refused.push(...looks.flatMap(({ refusal }) => (refusal ? [refusal] : [])))
    open = open.filter((_, index) => looks[index]?.status === 'pending')
    if (open.length === 0) break
    if (performance.now() > end) throw undecided(open)
    const asked = Math.max(...looks.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 0))
    const seconds = asked > 0 ? boundedWait(asked) : Math.min(10, 0.5 * 2 ** attempt)
    await sleep(seconds * 1000, undefined, { signal })
  }
  if (refused.length > 0) throw failed(refused)
}

interface Look {
  status: Authorization['status']
  retryAfterSeconds?: number
  refusal?: { domain: string; problem: AcmeProblem }
}

/** A server that is away for a moment still looks: what is shown must stay, or one of a few failures is used up. */
async function look(session: Session, one: Chosen): Promise<Look> {
  try {
    return await lookOnce(session, one)
  } catch (error) {
    if (!isPassing(error)) throw error
    return {
      status: 'pending',
      ...(error instanceof AcmeProblem && { retryAfterSeconds: error.retryAfterSeconds }),
    }
  }
}

async function lookOnce(session: Session, { address, url, task }: Chosen): Promise<Look> {
  const { value, retryAfterSeconds } = await session.post(address, authorizationSchema)
  const { status, challenges } = value
  if (status === 'pending' || status === 'valid') return { status, retryAfterSeconds }
  const reason = challenges.find((challenge) => challenge.url === url)?.error
  const problem = new AcmeProblem(reason ?? { detail: `authorization ${status}` })
  return { status, retryAfterSeconds, refusal: { domain: task.domain, problem } }
}

function failed(refused: { domain: string; problem: AcmeProblem }[]): ChallengesFailed {
  const [first] = refused
  return new ChallengesFailed({
    type: first?.problem.type,
    detail: refused.map(({ domain }) => domain).join(', '),
    subproblems: refused.map(({ domain, problem }) => ({
      detail: `${problem.type}: ${problem.detail}`,
      identifier: { type: 'dns', value: domain },
    })),
  })
}

const showing = { en: 'showing what the server looks for', ja: 'サーバが確認するものを用意しています' }
const looking = { en: 'the server is looking', ja: 'サーバが確認しています' }

const list = (names: readonly string[]) => printable(names.join(', ') || '-', 300)

function withoutAuthenticator(open: readonly OpenAuthorization[]): Failure {
  const names = list(open.map(({ identifier }) => identifier.value))
  const types = list([...new Set(open.flatMap(({ challenges }) => challenges.map(({ type }) => type)))])
  return new Failure('failed', {
    en: `The server wants ${names} proven by a challenge (${types}). Give --webroot -w DIRECTORY, --standalone, or --manual with --manual-auth-hook. At a UPKI gateway the registration authority operator can approve the names for your EAB credential instead.`,
    ja: `サーバは ${names} のチャレンジ (${types}) による証明を求めています。--webroot -w ディレクトリ、--standalone、または --manual と --manual-auth-hook を指定してください。UPKI ゲートウェイでは、登録担当者が EAB の対象として名前を承認することもできます。`,
  })
}

function noCommonChallenge(
  { identifier, challenges }: Authorization,
  name: string,
  wished: readonly string[],
): Failure {
  const [domain, offered] = [list([identifier.value]), list(challenges.map(({ type }) => type))]
  const known = challenges.some(({ type }) => (challengeTypes as readonly string[]).includes(type))
  const hint = known ? { en: '', ja: '' } : unknownTypes
  return new Failure('usage', {
    en: `For ${domain} the server offers ${offered}; ${name} can do ${list(wished)}. Choose another authenticator or --preferred-challenges (a wildcard needs dns-01: --manual).${hint.en}`,
    ja: `${domain} に対しサーバが示すのは ${offered} で、${name} にできるのは ${list(wished)} です。別の認証方法か --preferred-challenges を選んでください (ワイルドカードには dns-01、すなわち --manual が必要です)。${hint.ja}`,
  })
}

const unknownTypes = { en: ' This client knows none of them.', ja: 'どれもこのクライアントは扱えません。' }

const lapsed = ({ identifier, status }: Authorization) =>
  new Failure('failed', {
    en: `The server does not let this account have ${printable(identifier.value)} (authorization ${status}). Run the command again with --abandon-order for a new order.`,
    ja: `このアカウントの ${printable(identifier.value)} の authorization は ${status} です。--abandon-order を付けて新しい注文をしてください。`,
  })

function undecided(open: readonly Chosen[]): Failure {
  const names = list(open.map(({ task }) => task.domain))
  return new Failure('pending', {
    en: `The server has not decided about ${names} within ${validationSeconds / 60} minutes. Key and order are kept; run the command again.`,
    ja: `サーバは ${names} の確認を ${validationSeconds / 60} 分以内に終えませんでした。鍵と注文は保存されています。もう一度実行してください。`,
  })
}
