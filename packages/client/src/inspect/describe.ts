/** What a key, CSR or certificate is, for people and programs; a private key itself is never part of it. */
import { createHash, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readCertificate } from '@upki-gateway/shared/issued'
import type { CryptoObject } from './crypto-object.js'

export type Description = Record<string, string | string[]>

export function describeObject(object: CryptoObject): Description {
  if (object.type === 'csr') {
    const {
      subjectDn,
      keyType,
      dnsNames,
      signatureAlgorithm,
      signatureValid,
      spkiSha256,
      hasChallengePassword,
    } = object.csr
    return {
      type: 'csr',
      subject: subjectDn,
      key: keyType,
      dnsNames: [...dnsNames],
      signature: `${signatureAlgorithm}, ${signatureValid ? 'valid' : 'NOT VALID'}`,
      spkiSha256,
      ...(hasChallengePassword && { warning: 'challenge password' }),
    }
  }
  if (object.type === 'certificate') return describeCertificate(object.certificate)
  return { type: object.type, key: keyTypeOf(object.key), spkiSha256: spkiSha256Of(object.key) }
}

function describeCertificate(
  certificate: Extract<CryptoObject, { type: 'certificate' }>['certificate'],
): Description {
  const { subjectDn, serial, issuer, notBefore, notAfter, dnsNames } = readCertificate(
    new Uint8Array(certificate.raw),
  )
  return {
    type: 'certificate',
    subject: subjectDn,
    issuer,
    serial,
    serialHex: `0x${BigInt(serial).toString(16)}`,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    dnsNames,
    key: keyTypeOf(certificate.publicKey),
    spkiSha256: spkiSha256Of(certificate.publicKey),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  }
}

function keyTypeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {}
  return [asymmetricKeyType, modulusLength, namedCurve].filter(Boolean).join(' ')
}

/** The same number for a key, its CSR and its certificate: how to see that they belong together. */
export function spkiSha256Of(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}
