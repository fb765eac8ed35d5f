/** Keys of certificates: always new, since UPKI forbids using one twice. Source: docs/upki-tsv.md, "CSR". */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

/** The two that UPKI takes: profile 3 and profile 11. */
export type KeyType = 'rsa2048' | 'p384'

const generate = promisify(generateKeyPair)

/** Makes a private key, as PKCS #8 PEM. */
export async function generateCertificateKey(type: KeyType): Promise<string> {
  const { privateKey } =
    type === 'rsa2048'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'secp384r1' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}
