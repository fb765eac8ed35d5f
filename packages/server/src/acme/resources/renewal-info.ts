/** RenewalInfo (RFC 9773 §4): when a certificate had better be renewed. Nobody has to sign to be told. */
import type { Environment } from '../../issuance/ports/environment.js'
import { findReissue } from '../../store/acme-renewals.js'
import { listBySerial } from '../../store/certificates.js'
import type { Answer } from '../answer.js'
import { malformed } from '../jws/flattened-jws.js'
import { notYours } from '../not-yours.js'
import { isIssuedBy, parseCertificateId } from '../renewal/certificate-id.js'
import { suggestWindow } from '../renewal/suggested-window.js'

/** RFC 9773 §4.3.1: how soon a client learns of a mark; also what its example has. */
const ASK_AGAIN_SECONDS = 6 * 3600

export async function renewalInfo({ db }: Pick<Environment, 'db'>, text: string): Promise<Answer> {
  const id = parseCertificateId(text)
  if (!id)
    throw malformed(
      'The last part of the path is no certificate identifier: key identifier of the issuer and serial number in base64url, with a dot between (RFC 9773 §4.1)',
      'パスの最後が証明書の識別子ではありません。発行者の鍵識別子とシリアル番号をそれぞれbase64urlにし、ドットでつないでください（RFC 9773 §4.1）。',
    )
  const certificate = (await listBySerial(db, id.serial)).find(({ pem }) => isIssuedBy(pem, id))
  if (!certificate) throw notYours('certificate')
  const reissue = await findReissue(db, certificate)
  const { start, end } = suggestWindow(certificate, reissue)
  const url = reissue?.explanation_url
  return {
    headers: { 'Retry-After': String(ASK_AGAIN_SECONDS), 'Cache-Control': 'public, max-age=3600' },
    body: {
      suggestedWindow: { start: start.toISOString(), end: end.toISOString() },
      ...(url ? { explanationURL: url } : {}),
    },
  }
}
