/**
 * Private keys where public ones are due: as a JWK, as PEM, as DER, or as the base64 of one.
 *
 * Whoever sends one has given it away. The problem says so to the client, and log-private-keys.ts
 * to the operator; the key itself goes no further.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { ProblemError } from '../../problem/problem-error.js'
import { isObject } from './flattened-jws.js'
import { parseStrictJson } from './strict-json.js'

/** Refused like any other malformed request, and told in the log. */
export class PrivateKeyError extends ProblemError {
  /** @param jwk public members, where the key could be read: they tell whose it is */
  constructor(
    what: string,
    readonly jwk: JWK | undefined,
  ) {
    super('malformed', `${what}; this key is no longer secret, make a new one`, {
      ja: '秘密鍵が送られました。この鍵はもう秘密ではありません。新しい鍵を作ってください。',
    })
  }
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** @throws PrivateKeyError when a JWK has a private member */
export function checkPublicOnly(jwk: Record<string, unknown>): void {
  const leaked = privateMembers.find((member) => member in jwk)
  if (leaked === undefined) return
  const members = Object.entries(jwk).filter(([member]) => !privateMembers.includes(member))
  throw new PrivateKeyError(`The jwk holds the private member ${leaked}`, Object.fromEntries(members))
}

// RFC 7468 §10, §11, and what OpenSSL and OpenSSH wrote before it.
const pem = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/
/** Base64 of a SEQUENCE, as PKCS #8, PKCS #1 and SEC 1 begin; no public value is tried for nothing. */
const base64OfSequence = /^M[A-Za-z0-9+/_-]{20,}={0,2}$/

/** Undefined for kinds that have no JWK. */
function publicOf(key: KeyObject): JWK | undefined {
  try {
    return createPublicKey(key).export({ format: 'jwk' })
  } catch {
    return undefined
  }
}

/** Undefined also for what is encrypted, of a kind unknown here, or cut. */
function read(input: Parameters<typeof createPrivateKey>[0]): KeyObject | undefined {
  try {
    return createPrivateKey(input)
  } catch {
    return undefined
  }
}

/** @throws PrivateKeyError when text is the PEM of a private key, or the base64 of its DER */
function checkText(text: string): void {
  if (pem.test(text)) refuse('PEM', read(text))
  if (base64OfSequence.test(text)) checkDer(Buffer.from(text, 'base64'))
}

function refuse(form: 'PEM' | 'DER', key: KeyObject | undefined): never {
  throw new PrivateKeyError(`The request holds a private key as ${form}`, key && publicOf(key))
}

function checkDer(der: Buffer): void {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const key = read({ key: der, format: 'der', type })
    if (key) refuse('DER', key)
  }
}

/** Of JSON that strict-json.ts took, so its depth is bounded. */
function checkNoPrivateKey(value: unknown): void {
  if (typeof value === 'string') checkText(value)
  else if (Array.isArray(value)) value.forEach(checkNoPrivateKey)
  else if (isObject(value)) {
    if ('kty' in value) checkPublicOnly(value)
    Object.values(value).forEach(checkNoPrivateKey)
  }
}

/** Bytes that should be something public, JSON or DER, and may be a key file instead. @throws PrivateKeyError */
export function checkNoPrivateBytes(bytes: Buffer): void {
  checkNoPrivateKey(jsonOf(bytes))
  checkText(bytes.toString('latin1').trim())
  checkDer(bytes)
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes)
  } catch {
    // Whoever needs it to be JSON says what is wrong with it.
    return undefined
  }
}
