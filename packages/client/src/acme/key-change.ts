/** Account key rollover: RFC 8555 §7.3.5. */
import { FlattenedSign, type FlattenedJWS } from 'jose'
import { Failure } from '../terminal/failure.js'
import type { AccountKey, Session } from './session.js'

/** Has the server take another key for the account of a session. Afterwards only that one counts. */
export async function changeKey(session: Session, next: AccountKey): Promise<void> {
  const { keyChange: url } = session.directory
  if (!url) throw unsupported
  await session.postForReply(url, await signByNewKey(session, next, url))
}

/** The inner JWS shows that whoever asks holds the new key; the outer one is the old key's. */
const signByNewKey = ({ accountUrl, key }: Session, next: AccountKey, url: string): Promise<FlattenedJWS> =>
  new FlattenedSign(new TextEncoder().encode(JSON.stringify({ account: accountUrl, oldKey: key.publicJwk })))
    .setProtectedHeader({ alg: 'ES256', jwk: next.publicJwk, url })
    .sign(next.privateKey)

const unsupported = new Failure('failed', {
  en: 'This server offers no change of account keys (RFC 8555 §7.3.5).',
  ja: 'このサーバはアカウント鍵の変更 (RFC 8555 §7.3.5) に対応していません。',
})
