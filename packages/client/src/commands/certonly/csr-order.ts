/**
 * `--csr`: a certificate for a key that lies elsewhere, in an appliance or an HSM.
 * As with certbot the result is plain files, and `renew` leaves it alone: the next
 * one needs another CSR, since UPKI forbids using a key twice.
 */
import type { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseCsr, type Csr } from '@upki-gateway/shared/csr'
import { publicMode, writeFileAtomic } from '../../keystore/atomic-file.js'
import type { KeyType } from '../../keystore/certificate-key.js'
import { csrToPem } from '../../keystore/csr.js'
import { checkOutputPath } from '../../keystore/output-path.js'
import { sameNames } from '../../keystore/check-certificate.js'
import { renderInstant } from '../../terminal/duration.js'
import { Failure } from '../../terminal/failure.js'
import { readGiven } from '../../terminal/given-file.js'
import { printable } from '../../terminal/printable.js'
import type { Reporter } from '../../terminal/reporter.js'
import { parseNames } from './names.js'

export interface CsrOptions {
  csr?: string
  certPath?: string
  chainPath?: string
  fullchainPath?: string
}

export interface ForeignCsr {
  pem: string
  /** The CN first. */
  names: string[]
  keyType: KeyType
  spkiSha256: string
  /** The order under way is kept under it: the same CSR again picks it up. */
  orderName: string
}

const maxBytes = 64 * 1024

/** @param domains names of `-d`, which must be those of the CSR @throws Failure (usage) */
export async function readForeignCsr(
  path: string,
  domains: readonly string[] | undefined,
): Promise<ForeignCsr> {
  const bytes = await readGiven(path)
  if (bytes.length > maxBytes) throw unusable(path, `${bytes.length} bytes`)
  const csr = parse(bytes, path)
  if (!csr.signatureValid) throw unusable(path, 'its signature is not valid for its key')
  const cn = csr.subject.find(({ name }) => name === 'CN')?.value
  const names = [...(cn ? [cn] : []), ...csr.dnsNames].reduce<string[]>(
    (all, name) => parseNames(name, all),
    [],
  )
  if (names.length === 0) throw unusable(path, 'no name in it')
  if (domains && !sameNames(domains, names)) throw otherNames(path, names)
  return {
    pem: csrToPem(csr.der),
    names,
    keyType: knownKey(csr, path),
    spkiSha256: csr.spkiSha256,
    orderName: `csr-${csr.sha256.slice(0, 32)}`,
  }
}

function parse(bytes: Buffer, path: string): Csr {
  try {
    const text = bytes.toString('latin1')
    return parseCsr(text.includes('-----BEGIN') ? text : bytes.toString('base64'))
  } catch (error) {
    throw unusable(path, (error as Error).message)
  }
}

const keyNames: Record<string, KeyType> = {
  rsa2048: 'rsa2048',
  p384: 'p384',
  'RSA 3072': 'rsa3072',
  'RSA 4096': 'rsa4096',
  'EC P-256': 'p256',
}

function knownKey({ keyType }: Csr, path: string): KeyType {
  const known = Object.hasOwn(keyNames, keyType) ? keyNames[keyType] : undefined
  if (known) return known
  throw unusable(path, `a key of ${keyType}`)
}

/** Before anything is ordered. @throws Failure (usage) */
export async function checkOutputs({ certPath, chainPath, fullchainPath }: CsrOptions): Promise<void> {
  await checkOutputPath(certPath, '--cert-path')
  await checkOutputPath(chainPath, '--chain-path')
  await checkOutputPath(fullchainPath, '--fullchain-path')
}

export interface WrittenFiles {
  cert: string
  chain: string
  fullchain: string
}

/** certbot's names and numbering when none are given: 0000_cert.pem, 0000_chain.pem, 0000_fullchain.pem. */
export async function writeCertificateFiles(
  chain: readonly X509Certificate[],
  options: CsrOptions,
): Promise<WrittenFiles> {
  const pem = chain.map((certificate) => certificate.toString())
  const files = {
    cert: choosePath(options.certPath, 'cert'),
    chain: choosePath(options.chainPath, 'chain'),
    fullchain: choosePath(options.fullchainPath, 'fullchain'),
  }
  await writeFileAtomic(files.cert, pem[0] ?? '', publicMode)
  await writeFileAtomic(files.chain, pem.slice(1).join(''), publicMode)
  await writeFileAtomic(files.fullchain, pem.join(''), publicMode)
  return files
}

function choosePath(asked: string | undefined, part: string): string {
  if (asked !== undefined) return resolve(asked)
  for (let number = 0; ; number++) {
    const path = resolve(`${String(number).padStart(4, '0')}_${part}.pem`)
    if (!existsSync(path)) return path
  }
}

export function reportFiles(
  reporter: Reporter,
  files: WrittenFiles,
  leaf: X509Certificate | undefined,
): void {
  const until = renderInstant(new Date(leaf?.validTo ?? 0))
  const list = Object.values(files)
    .map((path: string) => `\n  ${path}`)
    .join('')
  reporter.result(
    {
      en: `The certificate is there; it is valid until ${until}. Renewals need a new key and CSR.${list}`,
      ja: `証明書を取得しました。有効期限は ${until} です。更新には新しい鍵と CSR が必要です。${list}`,
    },
    { outcome: 'issued', serial: leaf?.serialNumber, paths: files },
  )
}

const unusable = (path: string, reason: string) =>
  new Failure('usage', {
    en: `--csr ${printable(path, 200)} cannot be used: ${printable(reason, 200)}.`,
    ja: `--csr ${printable(path, 200)} を使えません: ${printable(reason, 200)}。`,
  })

const otherNames = (path: string, names: readonly string[]) =>
  new Failure('usage', {
    en: `--csr ${printable(path, 200)} is for ${names.join(', ')}; leave -d out, or give the same names.`,
    ja: `--csr ${printable(path, 200)} の名前は ${names.join(', ')} です。-d を外すか、同じ名前を指定してください。`,
  })
