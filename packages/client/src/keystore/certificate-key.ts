/** Keys of certificates: always new, since UPKI forbids using one twice. Source: docs/upki-tsv.md, "Column 7: CSR". */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

/** UPKI takes the first two: profile 3 and profile 11. The others are for other CAs. */
export const keyTypes = ['rsa2048', 'p384', 'rsa3072', 'rsa4096', 'p256'] as const
export type KeyType = (typeof keyTypes)[number]

export const isUpkiKeyType = (type: KeyType) => type === 'rsa2048' || type === 'p384'

const generate = promisify(generateKeyPair)

/** Makes a private key, as PKCS #8 PEM. */
export async function generateCertificateKey(type: KeyType): Promise<string> {
  const { privateKey } = type.startsWith('rsa')
    ? await generate('rsa', { modulusLength: Number(type.slice('rsa'.length)) })
    : await generate('ec', { namedCurve: type === 'p256' ? 'prime256v1' : 'secp384r1' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}
