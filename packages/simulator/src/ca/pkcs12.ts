/** PKCS#12 (RFC 7292) with PBES2 and AES-256: the file a user of a client certificate downloads. */
import type { KeyObject } from 'node:crypto'
import { OctetString } from 'asn1js'
import * as pkijs from 'pkijs'
import { keyIdentifier } from './extensions.js'
import { publicKeyInfoOf } from './hierarchy.js'

const shroudedKeyBag = '1.2.840.113549.1.12.10.1.2'
const certificateBag = '1.2.840.113549.1.12.10.1.3'
const localKeyId = '1.2.840.113549.1.9.21'
/** Few, since simulated keys guard nothing; the real service's figure is not known. */
const iterations = 2048

/** Ties a certificate to its key inside the file. */
const keyIdAttribute = (key: KeyObject) =>
  new pkijs.Attribute({
    type: localKeyId,
    values: [new OctetString({ valueHex: keyIdentifier(publicKeyInfoOf(key)) })],
  })

const certificateContents = (certificates: readonly Buffer[], attribute: pkijs.Attribute) =>
  new pkijs.SafeContents({
    safeBags: certificates.map(
      (certificate, index) =>
        new pkijs.SafeBag({
          bagId: certificateBag,
          bagValue: new pkijs.CertBag({ parsedValue: pkijs.Certificate.fromBER(certificate) }),
          ...(index === 0 ? { bagAttributes: [attribute] } : {}),
        }),
    ),
  })

/** DER of a P12 file with the key and its certificate first, then the chain. */
export async function makePkcs12(
  key: KeyObject,
  certificates: readonly Buffer[],
  pin: string,
): Promise<Buffer> {
  const password = new Uint8Array(Buffer.from(pin, 'utf8')).buffer
  const encryption = {
    password,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 },
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: iterations,
  }
  const attribute = keyIdAttribute(key)
  const keyBag = new pkijs.PKCS8ShroudedKeyBag({
    parsedValue: pkijs.PrivateKeyInfo.fromBER(key.export({ format: 'der', type: 'pkcs8' })),
  })
  await keyBag.makeInternalValues(encryption)
  const keyContents = new pkijs.SafeContents({
    safeBags: [new pkijs.SafeBag({ bagId: shroudedKeyBag, bagValue: keyBag, bagAttributes: [attribute] })],
  })
  const authenticatedSafe = new pkijs.AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        { privacyMode: 0, value: keyContents },
        { privacyMode: 1, value: certificateContents(certificates, attribute) },
      ],
    },
  })
  await authenticatedSafe.makeInternalValues({ safeContents: [{}, encryption] })
  const file = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } })
  await file.makeInternalValues({
    password,
    iterations,
    pbkdf2HashAlgorithm: 'SHA-256',
    hmacHashAlgorithm: 'SHA-256',
  })
  return Buffer.from(file.toSchema().toBER())
}
