/** PKCS#12 (RFC 7292), in and out; AES-256 and SHA-256, which OpenSSL 3 and Java read. */
import { X509Certificate, createPrivateKey, webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { BmpString, OctetString } from 'asn1js'
import * as pkijs from 'pkijs'
import type { CryptoObject } from './crypto-object.js'
import { unreadable } from './crypto-object.js'
import { Failure } from '../terminal/failure.js'

// The library's types name the browser's Crypto, which Node's has the shape of.
pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }))

/** As OpenSSL 3 does by default, many times over. */
const iterations = 100_000

const toBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
const passwordBytes = (password: string): ArrayBuffer => toBuffer(new TextEncoder().encode(password))

export async function readPkcs12(
  path: string,
  bytes: Uint8Array,
  password: string | undefined,
): Promise<CryptoObject[]> {
  const pfx = parsePfx(path, bytes)
  if (password === undefined)
    throw new Failure('usage', {
      en: `${path} is a PKCS#12 file; give its password with --password-file.`,
      ja: `${path} は PKCS#12 です。--password-file でパスワードを指定してください。`,
    })
  try {
    return await openPfx(pfx, passwordBytes(password))
  } catch (error) {
    throw unreadable(path, `wrong password? ${error instanceof Error ? error.message : ''}`)
  }
}

function parsePfx(path: string, bytes: Uint8Array): pkijs.PFX {
  try {
    return pkijs.PFX.fromBER(toBuffer(bytes))
  } catch {
    throw unreadable(path, 'unknown content')
  }
}

async function openPfx(pfx: pkijs.PFX, password: ArrayBuffer): Promise<CryptoObject[]> {
  await pfx.parseInternalValues({ password, checkIntegrity: true })
  const safe = pfx.parsedValue?.authenticatedSafe
  const contents = safe?.safeContents ?? []
  await safe?.parseInternalValues({ safeContents: contents.map(() => ({ password })) })
  const parsed =
    (safe?.parsedValue as { safeContents?: { value: pkijs.SafeContents }[] } | undefined)?.safeContents ?? []
  const bags = parsed.flatMap(({ value }) => value.safeBags)
  return (await Promise.all(bags.map((bag) => openBag(bag, password)))).flat()
}

async function openBag({ bagValue }: pkijs.SafeBag, password: ArrayBuffer): Promise<CryptoObject[]> {
  if (bagValue instanceof pkijs.CertBag) {
    const certificate = bagValue.parsedValue as pkijs.Certificate
    return [
      { type: 'certificate', certificate: new X509Certificate(Buffer.from(certificate.toSchema().toBER())) },
    ]
  }
  if (bagValue instanceof pkijs.PKCS8ShroudedKeyBag) {
    await (
      bagValue as unknown as { parseInternalValues(options: object): Promise<void> }
    ).parseInternalValues({ password })
    return bagValue.parsedValue ? [privateKey(bagValue.parsedValue)] : []
  }
  return bagValue instanceof pkijs.PrivateKeyInfo ? [privateKey(bagValue)] : []
}

const privateKey = (info: pkijs.PrivateKeyInfo): CryptoObject => ({
  type: 'private-key',
  key: createPrivateKey({ key: Buffer.from(info.toSchema().toBER()), format: 'der', type: 'pkcs8' }),
})

export interface Pkcs12Content {
  key: KeyObject
  /** That of the key first, then its chain. */
  certificates: readonly X509Certificate[]
  friendlyName: string
}

export async function makePkcs12(content: Pkcs12Content, password: string): Promise<Buffer> {
  const secret = passwordBytes(password)
  const encryption = {
    password: secret,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 } as never,
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: iterations,
  }
  const key = await shroudedKeyBag(content, encryption)
  const safe = safeOf(key, certificateBags(content))
  await safe.makeInternalValues({ safeContents: [{}, encryption] })
  const pfx = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } })
  await pfx.makeInternalValues({
    password: secret,
    iterations,
    pbkdf2HashAlgorithm: 'SHA-256',
    hmacHashAlgorithm: 'SHA-256',
  })
  return Buffer.from(pfx.toSchema().toBER())
}

/** The key is encrypted by itself, so what holds it need not be. */
const safeOf = (key: pkijs.SafeBag, certificates: pkijs.SafeBag[]): pkijs.AuthenticatedSafe =>
  new pkijs.AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        { privacyMode: 0, value: new pkijs.SafeContents({ safeBags: [key] }) },
        { privacyMode: 1, value: new pkijs.SafeContents({ safeBags: certificates }) },
      ],
    },
  })

async function shroudedKeyBag(
  { key, friendlyName }: Pkcs12Content,
  encryption: Parameters<pkijs.PKCS8ShroudedKeyBag['makeInternalValues']>[0],
): Promise<pkijs.SafeBag> {
  const bagValue = new pkijs.PKCS8ShroudedKeyBag({
    parsedValue: pkijs.PrivateKeyInfo.fromBER(toBuffer(key.export({ format: 'der', type: 'pkcs8' }))),
  })
  await bagValue.makeInternalValues(encryption)
  const bagAttributes = attributes(friendlyName)
  return new pkijs.SafeBag({ bagId: '1.2.840.113549.1.12.10.1.2', bagValue, bagAttributes })
}

const certificateBags = ({ certificates, friendlyName }: Pkcs12Content): pkijs.SafeBag[] =>
  certificates.map((certificate, index) =>
    certificateBag(certificate, index === 0 ? attributes(friendlyName) : undefined),
  )

const certificateBag = (
  certificate: X509Certificate,
  bagAttributes: pkijs.Attribute[] | undefined,
): pkijs.SafeBag =>
  new pkijs.SafeBag({
    bagId: '1.2.840.113549.1.12.10.1.3',
    bagValue: new pkijs.CertBag({ parsedValue: pkijs.Certificate.fromBER(toBuffer(certificate.raw)) }),
    ...(bagAttributes && { bagAttributes }),
  })

/** friendlyName and localKeyId (RFC 2985 §5.5) tie the key to its certificate. */
const attributes = (friendlyName: string): pkijs.Attribute[] => [
  new pkijs.Attribute({ type: '1.2.840.113549.1.9.20', values: [new BmpString({ value: friendlyName })] }),
  new pkijs.Attribute({
    type: '1.2.840.113549.1.9.21',
    values: [new OctetString({ valueHex: toBuffer(Uint8Array.of(1)) })],
  }),
]
