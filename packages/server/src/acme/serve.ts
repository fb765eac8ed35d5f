/**
 * From a request to an answer: opens the envelope, admits it, runs the resource.
 *
 * A resource that writes runs in one transaction together with the use of the
 * nonce. What it refuses is undone, and then the nonce is used all the same; when
 * the gateway itself fails, nothing of the request remains.
 */
import type { Request, RequestHandler } from 'express'
import { type Language, languageOf } from '../http/render-problem.js'
import { ProblemError } from '../problem/problem-error.js'
import type { Admitted, AdmittedReading } from '../store/acme-admissions.js'
import type { Database, Transaction } from '../store/database.js'
import { type Answer, sendAnswer } from './answer.js'
import type { AcmeEnvironment } from './environment.js'
import { malformed } from './jws/flattened-jws.js'
import {
  type AccountRequest,
  openByAccount,
  openEither,
  openKeyed,
  type SignedRequest,
} from './signed-request.js'
import { baseOf, makeUrls, type Urls } from './urls.js'

/** What of the HTTP request a resource may look at beside what was signed. */
export interface HttpContext {
  /** Parts of the path, by the names in the route; what the signature covers. */
  params: Record<string, string>
  query: Record<string, unknown>
  userAgent: string | undefined
  /** Of the client, as far as the proxies before it are trusted. */
  address: string | undefined
  language: Language
}

type Opened<R extends SignedRequest> = R & { http: HttpContext }
export type AccountCall = Opened<AccountRequest>
export type KeyedCall = Opened<SignedRequest>
/** Let in, with the account and its approval as they stand in this transaction. */
export type AdmittedCall = AccountCall & Admitted
/** Let in, with the order of its path, if that is one of the account's. */
export type OrderCall = AccountCall & AdmittedReading

type Reading<Call extends AccountCall> = (acme: AcmeEnvironment, call: Call) => Promise<Answer>
type Writing<R extends SignedRequest> = (
  acme: AcmeEnvironment,
  trx: Transaction,
  call: Opened<R> & Known<R>,
) => Promise<Answer>
type Known<R extends SignedRequest> = Awaited<ReturnType<R['admit']>>

type Opener<R> = (acme: AcmeEnvironment, request: Request, place: { urls: Urls; base: string }) => Promise<R>

async function openWith<R extends SignedRequest>(
  acme: AcmeEnvironment,
  request: Request,
  open: Opener<R>,
): Promise<Opened<R>> {
  const base = baseOf(request, acme.env.config.acme.externalUrl)
  const opened = await open(acme, request, { base, urls: makeUrls(base) })
  const http: HttpContext = {
    params: request.params as Record<string, string>,
    query: request.query,
    userAgent: request.get('user-agent'),
    address: request.ip,
    language: languageOf(request),
  }
  return { ...opened, http }
}

async function openReading(acme: AcmeEnvironment, request: Request): Promise<AccountCall> {
  const call = await openWith(acme, request, openByAccount)
  if (call.payload === undefined) return call
  throw malformed(
    'This resource is read by POST-as-GET: the payload is empty (RFC 8555 §6.3)',
    'このリソースはPOST-as-GETで読みます。ペイロードを空にしてください（RFC 8555 §6.3）。',
  )
}

/** A resource that only tells: POST-as-GET, with an empty payload (RFC 8555 §6.3). */
export const reads =
  (acme: AcmeEnvironment, resource: Reading<AccountCall>): RequestHandler =>
  async (request, response) => {
    const call = await openReading(acme, request)
    await call.admitReading()
    sendAnswer(response, await resource(acme, call))
  }

/** Lets a POST-as-GET in where a GET is taken too (RFC 8555 §6.3). */
export const admitsReads =
  (acme: AcmeEnvironment): RequestHandler =>
  async (request, _response, next) => {
    if (request.method === 'POST') await (await openReading(acme, request)).admitReading()
    next()
  }

/** As `reads`, for what hangs on an order: one statement lets the request in and reads the order. */
export const readsOrder =
  (acme: AcmeEnvironment, resource: Reading<OrderCall>): RequestHandler =>
  async (request, response) => {
    const call = await openReading(acme, request)
    const admitted = await call.admitReading(call.http.params.id)
    sendAnswer(response, await resource(acme, { ...call, ...admitted }))
  }

/** Two requests with one CSR key, or one account key, at once: the index lets one through; the other, run again, sees why. */
const isRace = (error: unknown): boolean =>
  ['applications_one_per_key', 'acme_accounts_thumbprint_key', 'acme_accounts_one_per_key'].includes(
    (error as { constraint?: string }).constraint ?? '',
  )

async function inTransaction<R extends SignedRequest>(
  db: Database,
  call: Opened<R>,
  work: (trx: Transaction, call: Opened<R> & Known<R>) => Promise<Answer>,
): Promise<Answer> {
  let admitted = false as boolean
  try {
    return await db.transaction().execute(async (trx) => {
      const known = (await call.admit(trx)) as Known<R>
      admitted = true
      return work(trx, { ...call, ...known })
    })
  } catch (error) {
    // Refusals are few: they pay for a statement of their own, so that the others need no savepoint.
    if (admitted && error instanceof ProblemError) await call.spendNonce()
    throw error
  }
}

async function write<R extends SignedRequest>(
  acme: AcmeEnvironment,
  call: Opened<R>,
  resource: Writing<R>,
): Promise<Answer> {
  const run = () => inTransaction(acme.env.db, call, (trx, admitted) => resource(acme, trx, admitted))
  const outcome = await run().catch((error: unknown) => {
    if (!isRace(error)) throw error
    return run()
  })
  outcome.afterCommit?.()
  return outcome
}

const writing =
  <R extends SignedRequest>(open: Opener<R>) =>
  (acme: AcmeEnvironment, resource: Writing<R>): RequestHandler =>
  async (request, response) => {
    sendAnswer(response, await write(acme, await openWith(acme, request, open), resource))
  }

/** A resource that may change something, asked by an account. */
export const writes = writing(openByAccount)
/** A resource that may change something, asked by whoever holds the key in the header. */
export const writesKeyed = writing(openKeyed)
/** Asked by an account, or by whoever holds the key in the header. */
export const writesEither = writing(openEither)
