/** What the files of `inspect` and `convert` hold. */
import type { KeyObject, X509Certificate } from 'node:crypto'
import type { Csr } from '@upki-gateway/shared/csr'
import { Failure } from '../terminal/failure.js'

export type CryptoObject =
  | { type: 'certificate'; certificate: X509Certificate }
  | { type: 'csr'; csr: Csr }
  | { type: 'private-key' | 'public-key'; key: KeyObject }

export const unreadable = (path: string, reason: string): Failure =>
  new Failure('failed', {
    en: `${path} holds no key, CSR, certificate or PKCS#12 that can be read (${reason}).`,
    ja: `${path} から鍵・CSR・証明書・PKCS#12 を読み取れません (${reason})。`,
  })
