/**
 * The key of this gateway: sealed secrets and nonces hang on it.
 *
 * Made at the first start in `secret.key` of the data directory. Processes that
 * share a database must share this file too. Source: docs/operations.md, "The data directory after the first start".
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { link, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'

const KEY_BYTES = 32
// NIST SP 800-38D §5.2.1: a 96-bit initialization vector and a 128-bit tag.
const IV_BYTES = 12
const TAG_BYTES = 16

/** Seals and derives; the key itself never leaves it. */
export interface Vault {
  /** AES-256-GCM; `label` says what is sealed and for whom, and must be the same to open it. */
  seal(secret: Uint8Array, label: string): Buffer
  /** @throws when the bytes were changed, or sealed under another key or label */
  open(sealed: Buffer, label: string): Buffer
  /** A key for one purpose, of 32 bytes (HKDF, RFC 5869). */
  derive(purpose: string): Buffer
}

export function makeVault(key: Buffer): Vault {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES))
  const sealingKey = derive('seal')
  return {
    derive,
    seal(secret, label) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(label))
      return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, label) {
      const decipher = createDecipheriv('aes-256-gcm', sealingKey, sealed.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
    },
  }
}

const isMissing = (error: unknown): boolean => (error as { code?: string }).code === 'ENOENT'
const isTaken = (error: unknown): boolean => (error as { code?: string }).code === 'EEXIST'

/** Of several processes that start at once, one makes the file; all read the same. */
async function makeKeyFile(path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('base64url')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(temporary, path)
  } catch (error) {
    if (!isTaken(error)) throw error
  } finally {
    await unlink(temporary)
  }
}

/** @throws when the file holds something else than a key */
export async function openVault(dataDirectory: string): Promise<Vault> {
  const path = join(dataDirectory, 'secret.key')
  const text = await readFile(path, 'utf8').catch(async (error: unknown) => {
    if (!isMissing(error)) throw error
    await makeKeyFile(path)
    return readFile(path, 'utf8')
  })
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length !== KEY_BYTES)
    throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes; restore it from the backup`)
  return makeVault(key)
}
