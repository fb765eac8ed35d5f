/** Reads keys, CSRs and certificates out of PEM, DER and PKCS#12 files. */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto'
import { CsrError, parseCsr, parseCsrDer } from '@upki-gateway/shared/csr'
import { unreadable } from './crypto-object.js'
import type { CryptoObject } from './crypto-object.js'

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

/** Larger files hold something else. */
const maxBytes = 10_000_000

/** @throws Failure naming the file, when it holds nothing of the kind or the password does not open it */
export async function readObjects(
  path: string,
  bytes: Buffer,
  password: string | undefined,
): Promise<CryptoObject[]> {
  if (bytes.length > maxBytes) throw unreadable(path, 'larger than 10 MB')
  const blocks = [...bytes.toString('latin1').matchAll(pemBlock)]
  if (blocks.length > 0) return blocks.flatMap(([pem, label = '']) => readPem(path, { pem, label, password }))
  const object = readDer(bytes, password)
  if (object) return [object]
  const { readPkcs12 } = await import('./pkcs12.js')
  return readPkcs12(path, bytes, password)
}

function readPem(
  path: string,
  { pem, label, password }: { pem: string; label: string; password: string | undefined },
): CryptoObject[] {
  try {
    if (label === 'CERTIFICATE') return [{ type: 'certificate', certificate: new X509Certificate(pem) }]
    if (label.endsWith('CERTIFICATE REQUEST')) return [{ type: 'csr', csr: parseCsr(pem) }]
    if (label.endsWith('PRIVATE KEY'))
      return [
        {
          type: 'private-key',
          key: createPrivateKey({ key: pem, ...(password !== undefined && { passphrase: password }) }),
        },
      ]
    if (label.endsWith('PUBLIC KEY')) return [{ type: 'public-key', key: createPublicKey(pem) }]
    return []
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : '')
  }
}

function readDer(bytes: Buffer, password: string | undefined): CryptoObject | undefined {
  const passphrase = password !== undefined && { passphrase: password }
  const attempts: (() => CryptoObject)[] = [
    () => ({ type: 'certificate', certificate: new X509Certificate(bytes) }),
    () => ({ type: 'csr', csr: parseCsrDer(new Uint8Array(bytes)) }),
    () => ({
      type: 'private-key',
      key: createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8', ...passphrase }),
    }),
    () => ({ type: 'private-key', key: createPrivateKey({ key: bytes, format: 'der', type: 'pkcs1' }) }),
    () => ({ type: 'private-key', key: createPrivateKey({ key: bytes, format: 'der', type: 'sec1' }) }),
    () => ({ type: 'public-key', key: createPublicKey({ key: bytes, format: 'der', type: 'spki' }) }),
  ]
  for (const attempt of attempts) {
    try {
      return attempt()
    } catch (error) {
      // Not this type: the next one is tried. DER does not say by itself what it is.
      if (!(error instanceof CsrError) && !(error instanceof Error)) throw error
    }
  }
  return undefined
}
