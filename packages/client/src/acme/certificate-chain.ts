/** Reading `application/pem-certificate-chain`: RFC 8555 §7.4.2, §9.1. */
import { X509Certificate } from 'node:crypto'
import { Failure } from '../terminal/failure.js'

/** Leaf, issuing CA, cross certificate; three more are room for another hierarchy. */
const maxCertificates = 6
const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/**
 * Certificates of a chain, leaf first.
 *
 * @throws Failure when the text holds anything else: a private key in it could
 *   replace ours in programs that read both from one file (RFC 8555 §11.4).
 */
export function parseChain(pem: string): X509Certificate[] {
  const blocks = pem.match(block) ?? []
  const marks = pem.match(/-----BEGIN/g) ?? []
  const acceptable = blocks.length > 0 && blocks.length === marks.length && blocks.length <= maxCertificates
  if (!acceptable) throw malformedChain()
  try {
    return blocks.map((text) => new X509Certificate(text))
  } catch (error) {
    throw malformedChain(error)
  }
}

/** Whether the topmost certificate of a chain names this CN as its issuer: certbot's measure of `--preferred-chain`. */
export function isIssuedBelow(pem: string, commonName: string): boolean {
  const issuer = parseChain(pem).at(-1)?.issuer.split('\n') ?? []
  return issuer.includes(`CN=${commonName}`)
}

/** Addresses of other chains, from the Link header (RFC 8288) of a certificate. */
export const alternates = (link = ''): string[] =>
  link
    .split(/,(?=\s*<)/)
    .filter((one) => /;\s*rel\s*=\s*"?alternate"?\s*(;|$)/i.test(one))
    .map((one) => /<([^>]*)>/.exec(one)?.[1] ?? '')
    .slice(0, 10)

const malformedChain = (cause?: unknown) =>
  new Failure(
    'failed',
    {
      en: 'What the server sent as the certificate is not a chain of certificates. Nothing was installed; run the command again, and tell the operator of the server if it stays so.',
      ja: 'サーバが証明書として送ったものは証明書チェーンではありません。何も設置していません。もう一度実行し、続くようならサーバの運用者に知らせてください。',
    },
    { cause },
  )
