/**
 * The outside of a flattened JWS (RFC 7515 §7.2.2) as RFC 8555 §6.2 narrows it:
 * one signature, no unprotected header, everything readable in one way only.
 */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { z } from 'zod'
import { ProblemError } from '../../problem/problem-error.js'
import { decodeBase64url } from './base64url.js'
import { parseStrictJson, StrictJsonError } from './strict-json.js'

export interface FlattenedJws {
  /** As received: this is what the signature covers. */
  protected: string
  payload: string
  signature: string
  header: Record<string, unknown>
  payloadBytes: Buffer
}

/** @param ja the detail in Japanese */
export const malformed = (detail: string, ja: string, cause?: unknown): ProblemError =>
  new ProblemError('malformed', detail, { ja, cause })

const parts = {
  header: { en: 'protected header', ja: '保護ヘッダー' },
  payload: { en: 'payload', ja: 'ペイロード' },
  signature: { en: 'signature', ja: '署名' },
}

const jws = z.object({
  protected: z.string(),
  payload: z.string(),
  signature: z.string().min(1),
  header: z.never().optional(),
  signatures: z.never().optional(),
})

/** @throws ProblemError malformed, naming the part */
export function parseJson(bytes: Uint8Array, part: Bilingual): unknown {
  try {
    return parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof StrictJsonError)
      throw malformed(`The ${part.en} ${error.message}`, `${part.ja}${error.ja}`, error)
    throw error
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function decode(text: string, part: Bilingual): Buffer {
  const bytes = decodeBase64url(text)
  if (!bytes)
    throw malformed(
      `The ${part.en} of the JWS is not base64url without padding (RFC 7515 §2)`,
      `JWSの${part.ja}が、パディングなしのbase64urlではありません（RFC 7515 §2）。`,
    )
  return bytes
}

function readHeader(text: string): Record<string, unknown> {
  const header = parseJson(decode(text, parts.header), {
    en: 'protected header of the JWS',
    ja: 'JWSの保護ヘッダー',
  })
  if (!isObject(header))
    throw malformed(
      'The protected header of the JWS is not an object',
      'JWSの保護ヘッダーがオブジェクトではありません。',
    )
  // RFC 8555 §6.2 needs no extension; one that must be understood changes what is signed.
  for (const member of ['crit', 'b64'])
    if (member in header)
      throw malformed(
        `The protected header has ${member}; it is not supported`,
        `保護ヘッダーの${member}には対応していません。`,
      )
  return header
}

/** @throws ProblemError malformed */
export function readFlattenedJws(value: unknown): FlattenedJws {
  const { success, data } = jws.safeParse(value)
  if (!success)
    throw malformed(
      'The body is not a flattened JWS: it has the members protected, payload and signature, all text, and neither header nor signatures (RFC 8555 §6.2)',
      '本文がflattened JWSではありません。文字列の protected、payload、signature を持ち、header と signatures を持たない形で送ってください（RFC 8555 §6.2）。',
    )
  decode(data.signature, parts.signature)
  return {
    protected: data.protected,
    payload: data.payload,
    signature: data.signature,
    header: readHeader(data.protected),
    payloadBytes: decode(data.payload, parts.payload),
  }
}
