/** External account binding, RFC 8555 §7.3.4: proves to the server who stands behind a new account key. */
import { FlattenedSign, type FlattenedJWS, type JWK } from 'jose'
import { Failure } from '../terminal/failure.js'

export interface EabCredential {
  kid: string
  /** Base64url, as the registration authority operator hands it out. */
  hmacKey: string
}

/** Signs the account's public key with the credential; `url` is the newAccount address. */
export function bindExternalAccount(
  credential: EabCredential,
  publicJwk: JWK,
  url: string,
): Promise<FlattenedJWS> {
  return new FlattenedSign(new TextEncoder().encode(JSON.stringify(publicJwk)))
    .setProtectedHeader({ alg: 'HS256', kid: credential.kid, url })
    .sign(decodeHmacKey(credential.hmacKey))
}

/**
 * Decodes an HMAC key. Servers hand them out in Base64url; the plain alphabet
 * and padding, which mail programs and spreadsheets produce, mean the same bytes.
 *
 * @throws Failure (usage) for other characters and for less than 16 bytes.
 */
export function decodeHmacKey(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url')
  if (/^[A-Za-z0-9_+/-]+={0,2}$/.test(text) && bytes.length >= 16) return bytes
  throw new Failure('usage', {
    en: 'The EAB HMAC key is not Base64url of at least 16 bytes. Copy it again from the registration authority operator, whole and without blanks.',
    ja: 'EAB HMAC 鍵が 16 バイト以上の Base64url ではありません。登録担当者から渡された値を、空白を入れず全体を写し直してください。',
  })
}
