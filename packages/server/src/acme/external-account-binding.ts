/**
 * External account binding (RFC 8555 §7.3.4): the holder of a credential signs the
 * account's public key with it, so the account gets what the credential carries.
 */
import { errors, flattenedVerify } from 'jose'
import type { Vault } from '../files/secret-key.js'
import { ProblemError } from '../problem/problem-error.js'
import type { EabCredentialRow } from '../store/acme-tables.js'
import type { Transaction } from '../store/database.js'
import { eabLabel, findEabCredential, useEabCredential } from '../store/eab-credentials.js'
import { thumbprintOf } from './jws/account-key.js'
import { type FlattenedJws, isObject, malformed, parseJson, readFlattenedJws } from './jws/flattened-jws.js'
import { checkNoPrivateBytes } from './jws/private-key.js'

/** The newAccount request around the binding. */
export interface OuterRequest {
  url: string
  thumbprint: string
}

const refuse = (detail: string, ja: string): ProblemError => new ProblemError('unauthorized', detail, { ja })

const outOfUse = (what: string, ja: string): ProblemError =>
  refuse(
    `The EAB credential ${what}; ask the registration authority operator for a new one`,
    `EABは${ja}。登録担当者に新しいEABを依頼してください。`,
  )

function readKid({ header }: FlattenedJws, { url }: OuterRequest): string {
  if (header.alg !== 'HS256')
    throw malformed('The external account binding is signed with HS256', 'EABはHS256で署名してください。')
  if (header.nonce !== undefined)
    throw malformed(
      'The external account binding has no nonce of its own',
      'EABにnonceを入れないでください。',
    )
  if (header.url !== url)
    throw malformed(
      'The url of the external account binding is not that of the request',
      'EABのurlがリクエストのurlと一致しません。',
    )
  if (typeof header.kid !== 'string')
    throw malformed('The external account binding has no kid', 'EABにkidがありません。')
  return header.kid
}

async function checkBoundKey({ payloadBytes }: FlattenedJws, { thumbprint }: OuterRequest): Promise<void> {
  const bound = await thumbprintOf(
    parseJson(payloadBytes, { en: 'payload of the external account binding', ja: 'EABのpayload' }),
  )
  if (bound !== thumbprint)
    throw malformed(
      'The external account binding is for another key than the one that signs the request',
      'EABの鍵が、リクエストに署名した鍵と異なります。',
    )
}

async function isMacGood(jws: FlattenedJws, key: Buffer): Promise<boolean> {
  try {
    const { protected: header, payload, signature } = jws
    await flattenedVerify({ protected: header, payload, signature }, key, { algorithms: ['HS256'] })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

/** Says which of the reasons it is, but only to someone who knows the secret. */
function checkInUse(credential: EabCredentialRow, now: Date): void {
  if (credential.revoked_at) throw outOfUse('was revoked', '取り消されています')
  if (credential.expires_at && credential.expires_at <= now) throw outOfUse('has expired', '期限切れです')
}

/**
 * Before anything else of it is looked at, and also where the account is there and the binding not needed.
 * @throws PrivateKeyError when what is bound is a private key instead of a public one
 */
export function checkBindingPublic(value: unknown): void {
  const payload = isObject(value) && typeof value.payload === 'string' ? value.payload : undefined
  if (payload !== undefined) checkNoPrivateBytes(Buffer.from(payload, 'base64url'))
}

/** @throws ProblemError malformed for its form, unauthorized for its credential */
export async function openBinding(
  value: unknown,
  outer: OuterRequest,
  { trx, vault, now }: { trx: Transaction; vault: Vault; now: Date },
): Promise<EabCredentialRow> {
  const jws = readFlattenedJws(value)
  const kid = readKid(jws, outer)
  await checkBoundKey(jws, outer)
  const credential = await findEabCredential(trx, kid)
  if (!credential) throw refuse('There is no EAB credential with this kid', 'このkidのEABはありません。')
  if (!(await isMacGood(jws, vault.open(credential.sealed_key, eabLabel(kid)))))
    throw refuse(
      'The HMAC key does not belong to this kid; compare both with what the operator gave you',
      'HMAC鍵がkidと合いません。登録担当者から受け取った値を確かめてください。',
    )
  checkInUse(credential, now)
  return credential
}

/** @throws ProblemError unauthorized when it was used before and is not reusable */
export async function spend(trx: Transaction, { kid }: EabCredentialRow, now: Date): Promise<void> {
  if (!(await useEabCredential(trx, kid, now))) throw outOfUse('was already used', '使用済みです')
}
