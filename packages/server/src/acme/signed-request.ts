/**
 * The one place where a signed request is believed (RFC 8555 §6.2 to §6.5).
 *
 * Cheap checks come first: form, algorithm, url, the MAC of the nonce; then the
 * signature; the store last. Its one statement takes the nonce out of use while
 * the account is valid and still has the key that signed.
 */
import type { Request } from 'express'
import { ProblemError } from '../problem/problem-error.js'
import type { AccountRow } from '../store/acme-tables.js'
import { findAccount } from '../store/acme-accounts.js'
import { type Admitted, type AdmittedReading, admitReading, admitRequest } from '../store/acme-admissions.js'
import { consumeNonce } from '../store/acme-nonces.js'
import type { Database, Transaction } from '../store/database.js'
import type { AcmeEnvironment } from './environment.js'
import { type AccountKey, readAccountKey } from './jws/account-key.js'
import { checkNotBlocked } from './jws/blocked-key.js'
import { type FlattenedJws, malformed, parseJson, readFlattenedJws } from './jws/flattened-jws.js'
import { type ProtectedHeader, readProtectedHeader, unsupportedAlgorithm } from './jws/protected-header.js'
import { isSignedBy } from './jws/verify-signature.js'
import { accountIdOf, type Urls } from './urls.js'

type Db = Database | Transaction

export interface SignedRequest<Known extends object = object> {
  urls: Urls
  /** The newAccount binding repeats it (RFC 8555 §7.3.4). */
  url: string
  key: AccountKey
  /** Undefined for POST-as-GET (RFC 8555 §6.3). */
  payload: unknown
  /** Absent when the key stands in the header. */
  accountId?: string
  /**
   * Takes the nonce out of use.
   * @returns what is known of the caller then
   * @throws ProblemError badNonce, or unauthorized when the account may not speak
   */
  admit(trx: Transaction): Promise<Known>
  /** Takes it out of use for nothing. @throws ProblemError badNonce */
  spendNonce(): Promise<unknown>
}

/** Signed by a key the gateway knows. */
export interface AccountRequest extends SignedRequest<Admitted> {
  accountId: string
  /** As `admit`, for a request that needs no transaction, together with others of its kind; with the order it is about. */
  admitReading(orderId?: string): Promise<AdmittedReading>
}

interface Envelope {
  jws: FlattenedJws
  header: ProtectedHeader
  nonce: Buffer
  payload: unknown
}

const badNonce = (): ProblemError =>
  new ProblemError('badNonce', 'The nonce is unknown, expired or was used; sign again with the new one', {
    ja: 'nonceが無効か使用済みです。新しいnonceで署名し直してください。',
  })

function checkMediaType(request: Request): void {
  const type = request.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/jose+json')
    throw new ProblemError('malformed', 'Send Content-Type: application/jose+json (RFC 8555 §6.2)', {
      ja: 'Content-Type: application/jose+json で送ってください（RFC 8555 §6.2）。',
      status: 415,
    })
}

const readPayload = (jws: FlattenedJws): unknown =>
  jws.payload === '' ? undefined : parseJson(jws.payloadBytes, { en: 'payload', ja: 'ペイロード' })

function open(acme: AcmeEnvironment, request: Request, base: string): Envelope {
  checkMediaType(request)
  const body: unknown = request.body
  const jws = readFlattenedJws(
    parseJson(body instanceof Buffer ? body : Buffer.alloc(0), { en: 'body', ja: '本文' }),
  )
  const header = readProtectedHeader(jws.header)
  // RFC 8555 §6.4: octet by octet what was asked for.
  if (header.url !== base + request.originalUrl)
    throw new ProblemError('unauthorized', 'The url of the protected header is not the one of the request', {
      ja: '保護ヘッダーのurlがリクエストのURLと一致しません。',
    })
  const nonce = acme.nonces.read(header.nonce, acme.env.now())
  if (!nonce) throw badNonce()
  return { jws, header, nonce, payload: readPayload(jws) }
}

function checkAlgorithm({ alg }: ProtectedHeader, key: AccountKey): void {
  if (alg !== key.algorithm)
    throw unsupportedAlgorithm(
      `This key signs with ${key.algorithm}, not with ${alg}`,
      `この鍵の署名アルゴリズムは${alg}ではなく${key.algorithm}です。`,
    )
}

function checkSignature({ jws, header }: Envelope, key: AccountKey): void {
  checkAlgorithm(header, key)
  if (!isSignedBy(jws, key))
    throw malformed('The signature of the request is wrong', 'リクエストの署名が正しくありません。')
}

async function spend(db: Db, { nonce }: Envelope): Promise<object> {
  if (!(await consumeNonce(db, nonce))) throw badNonce()
  return {}
}

async function byKey(acme: AcmeEnvironment, envelope: Envelope, urls: Urls): Promise<SignedRequest> {
  if (envelope.header.jwk === undefined)
    throw malformed('This resource needs jwk instead of kid', 'このリソースではkidではなくjwkが必要です。')
  const key = await readAccountKey(envelope.header.jwk)
  checkSignature(envelope, key)
  return {
    urls,
    url: envelope.header.url,
    key,
    payload: envelope.payload,
    admit: (trx) => spend(trx, envelope),
    spendNonce: () => spend(acme.env.db, envelope),
  }
}

const noAccount = (): ProblemError =>
  new ProblemError('accountDoesNotExist', 'The kid is not the URL of an account here; register first', {
    ja: 'kidのアカウントがありません。先にアカウントを登録してください。',
  })

export function checkAccountValid({ status }: Pick<AccountRow, 'status'>): void {
  if (status === 'valid') return
  throw new ProblemError('unauthorized', `The account is ${status}; register with another key`, {
    // RFC 8555 §7.3.6 fixes the status.
    status: 401,
    ja: 'このアカウントは無効化されています。別の鍵で登録してください。',
  })
}

async function loadKey(acme: AcmeEnvironment, accountId: string): Promise<AccountKey> {
  const account = await findAccount(acme.env.db, accountId)
  if (!account) throw noAccount()
  checkAccountValid(account)
  const key = await readAccountKey(account.jwk)
  checkNotBlocked(key, acme.env.config.blockedKeys)
  acme.keys.set(accountId, key)
  return key
}

/** With the key at hand, or, when that did not sign, with the one the store has now. */
async function verifyByAccount(
  acme: AcmeEnvironment,
  envelope: Envelope,
  accountId: string,
): Promise<AccountKey> {
  const cached = acme.keys.get(accountId)
  if (cached && envelope.header.alg === cached.algorithm && isSignedBy(envelope.jws, cached)) return cached
  const key = await loadKey(acme, accountId)
  checkSignature(envelope, key)
  return key
}

export const keyWasChanged = (): ProblemError =>
  new ProblemError('unauthorized', 'The account has another key now; sign with that one', {
    ja: 'アカウントの鍵は変更されています。新しい鍵で署名してください。',
  })

/** Why a well signed request was not admitted; the cached key may be one that was changed since. */
async function refuse(acme: AcmeEnvironment, db: Db, accountId: string, key: AccountKey): Promise<never> {
  const account = await findAccount(db, accountId)
  if (!account) throw noAccount()
  checkAccountValid(account)
  if (account.thumbprint === key.thumbprint) throw badNonce()
  acme.keys.delete(accountId)
  throw keyWasChanged()
}

async function byAccount(acme: AcmeEnvironment, envelope: Envelope, urls: Urls): Promise<AccountRequest> {
  if (envelope.header.kid === undefined)
    throw malformed('This resource needs kid instead of jwk', 'このリソースではjwkではなくkidが必要です。')
  const accountId = accountIdOf(envelope.header.kid, urls)
  if (accountId === undefined) throw noAccount()
  const key = await verifyByAccount(acme, envelope, accountId)
  const admission = { nonce: envelope.nonce, accountId, thumbprint: key.thumbprint }
  return {
    urls,
    url: envelope.header.url,
    key,
    accountId,
    payload: envelope.payload,
    admit: async (trx) => (await admitRequest(trx, admission)) ?? refuse(acme, trx, accountId, key),
    admitReading: async (orderId) =>
      (await admitReading(acme.env.db, { ...admission, orderId })) ??
      refuse(acme, acme.env.db, accountId, key),
    spendNonce: () => spend(acme.env.db, envelope),
  }
}

interface Place {
  urls: Urls
  base: string
}

/** A request signed by a key in its header: newAccount. */
export const openKeyed = (acme: AcmeEnvironment, request: Request, { urls, base }: Place) =>
  byKey(acme, open(acme, request, base), urls)

/** A request signed by an account: nearly every resource. */
export const openByAccount = (acme: AcmeEnvironment, request: Request, { urls, base }: Place) =>
  byAccount(acme, open(acme, request, base), urls)

/** Signed by an account or by a key in its header: revokeCert (RFC 8555 §7.6). */
export function openEither(
  acme: AcmeEnvironment,
  request: Request,
  { urls, base }: Place,
): Promise<SignedRequest> {
  const envelope = open(acme, request, base)
  return envelope.header.kid === undefined ? byKey(acme, envelope, urls) : byAccount(acme, envelope, urls)
}
