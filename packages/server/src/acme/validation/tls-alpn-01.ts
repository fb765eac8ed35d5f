/** tls-alpn-01 (RFC 8737): a certificate made for the purpose, shown under the protocol `acme-tls/1`. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { createHash } from 'node:crypto'
import { connect, type TLSSocket } from 'node:tls'
import { ValidationFault } from './fault.js'
import { chooseAddress, type Proof, type Vantage } from './vantage.js'

const TOTAL_MS = 10_000
const PROTOCOL = 'acme-tls/1'
/** RFC 8737 §3: id-pe-acmeIdentifier. */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31'

// RFC 8737 §4: TLS 1.2 or higher, whatever the process as a whole may take.
const options = { ALPNProtocols: [PROTOCOL], minVersion: 'TLSv1.2', rejectUnauthorized: false } as const

interface Shown {
  protocol: string | false | null
  der: Buffer | undefined
}

function handshake(host: string, port: number, servername: string): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TOTAL_MS)
    const socket: TLSSocket = connect({ ...options, host, port, servername }, () => {
      resolve({ protocol: socket.alpnProtocol, der: socket.getPeerX509Certificate()?.raw })
      socket.destroy()
    })
    socket.on('error', reject)
    signal.addEventListener('abort', () => socket.destroy(new Error(`no handshake in ${TOTAL_MS / 1000} s`)))
  })
}

/** RFC 8555 §6.7: a fault of TLS, such as an alert, or else one of the connection. */
const isOfTls = (error: unknown): boolean => {
  const { code = '' } = error as { code?: string }
  return code.startsWith('ERR_SSL_') || code === 'EPROTO'
}

const incorrect = (message: string): ValidationFault => new ValidationFault('incorrectResponse', message)

function checkCertificate(der: Buffer, { name, keyAuthorization }: Proof): void {
  const certificate = new x509.X509Certificate(der)
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? []
  const [only] = names
  // RFC 8737 §3: one dNSName, letter case aside, and nothing else.
  if (names.length !== 1 || only?.type !== 'dns' || only.value.toLowerCase() !== name)
    throw incorrect('The certificate is not for this name alone')
  const extension = certificate.extensions.find(({ type }) => type === ACME_IDENTIFIER)
  if (!extension?.critical) throw incorrect('The certificate has no critical acmeIdentifier')
  const digest = createHash('sha256').update(keyAuthorization).digest()
  // An OCTET STRING of 32 bytes.
  const wanted = Buffer.concat([Buffer.from([0x04, 0x20]), digest])
  if (!wanted.equals(Buffer.from(extension.value)))
    throw incorrect('The acmeIdentifier is not that of this account')
}

/** @throws ValidationFault */
export async function validateTlsAlpn01(vantage: Vantage, proof: Proof): Promise<void> {
  const address = await chooseAddress(vantage, proof.name)
  const shown = await handshake(address, vantage.tlsPort, proof.name).catch((cause: unknown) => {
    const kind = isOfTls(cause) ? 'tls' : 'connection'
    throw new ValidationFault(kind, 'No TLS handshake with the server came about', { cause })
  })
  if (shown.protocol !== PROTOCOL || !shown.der)
    throw incorrect(`The server did not take the protocol ${PROTOCOL}`)
  try {
    checkCertificate(shown.der, proof)
  } catch (error) {
    throw error instanceof ValidationFault ? error : incorrect('The certificate cannot be read')
  }
}
