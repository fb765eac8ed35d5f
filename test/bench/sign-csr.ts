/** CSRs made quickly, in the parts that a bare signature check needs. */
import { type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { derElement } from '@upki-gateway/shared/csr'

export interface RawCsr {
  der: Buffer
  /** What is signed. */
  info: Buffer
  signature: Buffer
  spki: Buffer
}

const sequence = (...contents: Buffer[]) => derElement(0x30, ...contents)
// id-at, RFC 5280 §4.1.2.4
const attribute = (type: number, tag: number, value: string) =>
  derElement(0x31, sequence(Buffer.from([0x06, 3, 0x55, 0x04, type]), derElement(tag, Buffer.from(value))))

const UTF8 = 0x0c
const PRINTABLE = 0x13
/** sha256WithRSAEncryption (RFC 4055 §5) and ecdsa-with-SHA384 (RFC 5758 §3.2), by type of key. */
const algorithms: Record<string, { identifier: Buffer; hash: string }> = {
  rsa: { identifier: Buffer.from('300d06092a864886f70d01010b0500', 'hex'), hash: 'sha256' },
  ec: { identifier: Buffer.from('300a06082a8648ce3d040303', 'hex'), hash: 'sha384' },
}

const extensionRequest = Buffer.from('06092a864886f70d01090e', 'hex')
const subjectAltName = Buffer.from('0603551d11', 'hex')

/** The attribute that asks for a subjectAltName (RFC 2985 §5.4.2, RFC 5280 §4.2.1.6). */
function requestName(name: string): Buffer {
  const names = sequence(derElement(0x82, Buffer.from(name)))
  const extensions = sequence(sequence(subjectAltName, derElement(0x04, names)))
  return sequence(extensionRequest, derElement(0x31, extensions))
}

/** PKCS #10 (RFC 2986) for the sample organisation and an RSA or P-384 key; `dnsName` asks for a subjectAltName. */
export function signCsr(
  { privateKey, publicKey }: KeyPairKeyObjectResult,
  commonName: string,
  dnsName?: string,
): RawCsr {
  const subject = sequence(
    attribute(6, PRINTABLE, 'JP'),
    attribute(8, UTF8, 'Tokyo'),
    attribute(7, UTF8, 'Chiyoda-ku'),
    attribute(10, UTF8, 'Example University'),
    attribute(3, UTF8, commonName),
  )
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const attributes = derElement(0xa0, ...(dnsName === undefined ? [] : [requestName(dnsName)]))
  const info = sequence(Buffer.from([0x02, 1, 0]), subject, spki, attributes)
  const { identifier, hash } = algorithms[privateKey.asymmetricKeyType!]!
  const signature = sign(hash, info, privateKey)
  return {
    info,
    signature,
    spki,
    der: sequence(info, identifier, derElement(0x03, Buffer.from([0]), signature)),
  }
}
