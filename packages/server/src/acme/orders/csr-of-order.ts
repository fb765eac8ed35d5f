/**
 * The CSR of an order, as far as the order itself speaks: form, names, key. What
 * the service demands beyond that, the check of the application says.
 */
import { type Csr, CsrError, parseCsrDer } from '@upki-gateway/shared/csr'
import { ProblemError } from '../../problem/problem-error.js'
import type { OrderToFinalize } from '../../store/acme-orders.js'
import { decodeBase64url } from '../jws/base64url.js'
import { malformed } from '../jws/flattened-jws.js'
import { checkNoPrivateBytes } from '../jws/private-key.js'

/**
 * RFC 8555 §7.4: base64url of the DER.
 * @throws ProblemError malformed or badCSR; PrivateKeyError when somebody took the wrong file
 */
export function readCsr(text: string): Csr {
  const der = decodeBase64url(text)
  if (!der) {
    checkNoPrivateBytes(Buffer.from(text))
    throw malformed(
      'The csr is the DER in base64url without padding (RFC 8555 §7.4)',
      'csrは、CSRのDERをパディングなしのbase64urlにしたものです（RFC 8555 §7.4）。',
    )
  }
  try {
    return parseCsrDer(der)
  } catch (cause) {
    if (!(cause instanceof CsrError)) throw cause
    checkNoPrivateBytes(der)
    throw new ProblemError('badCSR', `The CSR cannot be read: ${cause.message}`, {
      ja: 'CSRを読み取れません。',
      cause,
    })
  }
}

const commonNameOf = (csr: Csr): string | undefined =>
  csr.subject.find(({ name }) => name === 'CN')?.value.toLowerCase()

/** The CN: the CSR's own when it is one of the order's names, else the first of them. */
export function chooseCommonName(csr: Csr, names: readonly string[]): string {
  const commonName = commonNameOf(csr)
  return names.find((name) => name === commonName) ?? names[0] ?? ''
}

const badNames = (detail: string, ja: string): ProblemError => new ProblemError('badCSR', detail, { ja })

/** RFC 8555 §7.4: the CSR names exactly the order's identifiers, as a set. @throws ProblemError badCSR */
export function checkNames(csr: Csr, names: readonly string[]): void {
  if (csr.hasOtherNames)
    throw badNames(
      'The subjectAltName of the CSR holds more than host names; make one with dNSName entries only',
      'CSRのsubjectAltNameにホスト名(dNSName)以外の値があります。',
    )
  const named = new Set(csr.dnsNames.map((name) => name.toLowerCase()))
  const commonName = commonNameOf(csr)
  if (commonName !== undefined) named.add(commonName)
  const missing = names.filter((name) => !named.has(name))
  const extra = [...named].filter((name) => !names.includes(name))
  if (missing.length + extra.length === 0) return
  throw badNames(
    [
      missing.length > 0 ? `The order has ${missing.join(', ')} but the CSR does not` : '',
      extra.length > 0 ? `The CSR has ${extra.join(', ')} but the order does not` : '',
      'name the same in both, or request a new order',
    ]
      .filter(Boolean)
      .join('; '),
    `CSRとオーダーの名前が一致しません(CSRにない: ${missing.join(', ') || 'なし'}、オーダーにない: ${extra.join(', ') || 'なし'})。`,
  )
}

/** RFC 8555 §11.1: the key of an account, this or another, is no key of a certificate. @throws ProblemError badCSR */
export function checkKeyApart({ is_account_key: isAccountKey }: OrderToFinalize): void {
  if (!isAccountKey) return
  throw new ProblemError(
    'badCSR',
    'The CSR has the key of an account; make another key for the certificate',
    {
      ja: 'CSRの鍵がアカウント鍵と同じです。証明書用に別の鍵を作ってください。',
    },
  )
}
