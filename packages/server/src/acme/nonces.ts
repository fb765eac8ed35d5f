/**
 * Anti-replay nonces (RFC 8555 §6.5): time, random bytes, and a MAC over both.
 *
 * A nonce costs nothing until it is used; then it goes into the store's set of
 * used ones, which is bounded by the lifetime. Every process with the gateway's
 * key takes the nonces of every other, also after a restart.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { decodeBase64url } from './jws/base64url.js'

/** Long enough for a client that keeps nonces between its polls (≤ 10 minutes). */
export const NONCE_LIFETIME_MS = 60 * 60_000
/** Clocks of several processes may differ by this much. */
const SKEW_MS = 60_000

const TIME_BYTES = 6
const RANDOM_BYTES = 10
const MAC_BYTES = 16
const BODY_BYTES = TIME_BYTES + RANDOM_BYTES

const timeBytes = (time: Date): Buffer => {
  const bytes = Buffer.alloc(TIME_BYTES)
  bytes.writeUIntBE(time.getTime(), 0, TIME_BYTES)
  return bytes
}

/** What is in the set of used nonces sorts by time: everything made before `time` is less than this. */
export const oldestNonceAt = (time: Date): Buffer =>
  Buffer.concat([timeBytes(time), Buffer.alloc(RANDOM_BYTES)])

export class Nonces {
  constructor(private readonly key: Buffer) {}

  make(now: Date): string {
    const body = Buffer.concat([timeBytes(now), randomBytes(RANDOM_BYTES)])
    return Buffer.concat([body, this.#mac(body)]).toString('base64url')
  }

  /** What identifies a nonce of ours that has not expired; undefined for any other text. */
  read(nonce: string, now: Date): Buffer | undefined {
    if (nonce.length > 100) return undefined
    const bytes = decodeBase64url(nonce)
    if (bytes?.length !== BODY_BYTES + MAC_BYTES) return undefined
    const body = bytes.subarray(0, BODY_BYTES)
    if (!timingSafeEqual(bytes.subarray(BODY_BYTES), this.#mac(body))) return undefined
    const ageMs = now.getTime() - body.readUIntBE(0, TIME_BYTES)
    return ageMs <= NONCE_LIFETIME_MS && ageMs >= -SKEW_MS ? body : undefined
  }

  #mac(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(body).digest().subarray(0, MAC_BYTES)
  }
}
