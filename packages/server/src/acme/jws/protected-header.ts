/**
 * The protected header of a request (RFC 8555 §6.2): alg, nonce, url, and either jwk or kid.
 * Pure: whether the nonce is good and whose kid it is, others decide.
 */
import { ProblemError } from '../../problem/problem-error.js'
import { type AccountAlgorithm, accountAlgorithms } from './account-key.js'
import { malformed } from './flattened-jws.js'

export type KeyReference = { jwk: unknown; kid?: undefined } | { kid: string; jwk?: undefined }

export type ProtectedHeader = KeyReference & {
  alg: AccountAlgorithm
  nonce: string
  url: string
}

export function unsupportedAlgorithm(detail: string, ja: string): ProblemError {
  // RFC 8555 §6.2: the problem document lists what would be taken.
  return new ProblemError('badSignatureAlgorithm', detail, { ja, members: { algorithms: accountAlgorithms } })
}

const isAlgorithm = (alg: unknown): alg is AccountAlgorithm =>
  (accountAlgorithms as readonly unknown[]).includes(alg)

function readAlgorithm({ alg }: Record<string, unknown>): AccountAlgorithm {
  if (typeof alg !== 'string')
    throw malformed('The protected header has no alg', '保護ヘッダーにalgがありません。')
  if (!isAlgorithm(alg))
    throw unsupportedAlgorithm(
      `Requests cannot be signed with ${alg.slice(0, 20)}; use ${accountAlgorithms.join(', ')}`,
      `${alg.slice(0, 20)} の署名には対応していません。${accountAlgorithms.join('、')} のいずれかを使ってください。`,
    )
  return alg
}

function readKeyReference({ jwk, kid }: Record<string, unknown>): KeyReference {
  if ((jwk === undefined) === (kid === undefined))
    throw malformed(
      'The protected header needs either jwk or kid, and not both (RFC 8555 §6.2)',
      '保護ヘッダーには jwk か kid のどちらか一方だけが必要です（RFC 8555 §6.2）。',
    )
  if (kid === undefined) return { jwk }
  if (typeof kid !== 'string') throw malformed('The kid is not text', 'kidが文字列ではありません。')
  return { kid }
}

/** @throws ProblemError malformed, badSignatureAlgorithm or badNonce */
export function readProtectedHeader(header: Record<string, unknown>): ProtectedHeader {
  const alg = readAlgorithm(header)
  const reference = readKeyReference(header)
  const { nonce, url } = header
  if (typeof url !== 'string')
    throw malformed('The protected header has no url', '保護ヘッダーにurlがありません。')
  if (typeof nonce !== 'string')
    throw new ProblemError('badNonce', 'The protected header has no nonce', {
      ja: '保護ヘッダーにnonceがありません。',
    })
  return { alg, nonce, url, ...reference }
}
