/** Applications from what `tsv build` was given: tables, CSRs, certificates, folders of them. */
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ApplicationFields, ApplicationInput } from '@upki-gateway/shared/application'
import { parseCsrDer } from '@upki-gateway/shared/csr'
import { readCertificate, revocationOf } from '@upki-gateway/shared/issued'
import type { RevocableFamily } from '@upki-gateway/shared/issued'
import { Failure } from '../../terminal/failure.js'
import { readGiven } from '../../terminal/given-file.js'
import type { BuildOptions } from './build-options.js'
import { openInput } from './read-input.js'
import { readSerials } from './read-serials.js'
import { refusal } from './report-findings.js'

const csrExtensions = ['.csr', '.req', '.p10']
const certificateExtensions = ['.crt', '.cer', '.cert']

/** More files in a folder are a mistake. */
const maxFiles = 10_000

export async function collectInputs(options: BuildOptions): Promise<ApplicationInput[]> {
  const lists: ApplicationInput[][] = []
  for (const path of options.operands)
    for (const file of await filesOf(path)) lists.push(await readOne(file, options))
  return lists.flat()
}

async function filesOf(path: string): Promise<string[]> {
  if (path === '-' || !(await stat(path).catch(() => undefined))?.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) =>
    [...csrExtensions, ...certificateExtensions, '.pem'].includes(extname(name)),
  )
  if (names.length > 0 && names.length <= maxFiles) return names.sort().map((name) => join(path, name))
  throw new Failure('usage', {
    en: `${path} holds ${names.length} CSR files (*.csr, *.req, *.pem); between 1 and ${maxFiles} are taken.`,
    ja: `${path} の CSR ファイル (*.csr、*.req、*.pem) は${names.length}個です。1個から${maxFiles}個まで扱えます。`,
  })
}

async function readOne(path: string, options: BuildOptions): Promise<ApplicationInput[]> {
  const extension = extname(path).toLowerCase()
  if (![...csrExtensions, ...certificateExtensions, '.pem', '.der'].includes(extension))
    return readTable(path, options)
  const bytes = await readGiven(path)
  const text = bytes.toString('latin1')
  const isCertificate = text.includes('BEGIN CERTIFICATE-----') || certificateExtensions.includes(extension)
  return [isCertificate ? fromCertificate(path, bytes, options) : fromCsr(bytes, text, options)]
}

async function readTable(path: string, options: BuildOptions): Promise<ApplicationInput[]> {
  const { batches } = await openInput(path, options)
  const inputs: ApplicationInput[] = []
  for await (const batch of batches) {
    const findings = batch.flatMap((row) => row.findings)
    if (findings.length > 0) throw refusal({ path, rows: batch.length, findings })
    inputs.push(...batch.flatMap(({ input }) => input ?? []))
  }
  return inputs
}

/** The revocation of a certificate that is known by its serial and DN alone. */
export function fromSerial(options: BuildOptions): ApplicationInput {
  const { serial = '', dn: subjectDn, revoke: reason, comment, subscriberEmail } = options
  const [only, ...others] = readSerials(serial)
  if (only === undefined || others.length > 0 || subjectDn === undefined || reason === undefined)
    throw new Failure('usage', {
      en: 'Without --report, --serial takes one number, and needs --dn and --revoke REASON.',
      ja: '--report がなければ --serial は一つだけで、--dn と --revoke 理由 が必要です。',
    })
  const family = /^(client|smime|acme)-revoke$/.exec(options.kind ?? '')?.[1] as RevocableFamily | undefined
  const details = { reason, ...(comment && { comment }), ...(subscriberEmail && { subscriberEmail }) }
  return revocationOf({ subjectDn, serial: only }, details, family)
}

/** A certificate can only be revoked by itself: a renewal needs a new CSR. */
function fromCertificate(path: string, bytes: Buffer, options: BuildOptions): ApplicationInput {
  const { revoke: reason, comment, subscriberEmail } = options
  if (reason !== undefined)
    return revocationOf(readCertificate(bytes), {
      reason,
      ...(comment && { comment }),
      ...(subscriberEmail && { subscriberEmail }),
    })
  throw new Failure('usage', {
    en: `${path} is a certificate; add --revoke REASON, or give a CSR.`,
    ja: `${path} は証明書です。--revoke 理由 を付けるか、CSR を渡してください。`,
  })
}

/** DER or PEM; what is wrong with it is said by the check. */
function fromCsr(bytes: Buffer, text: string, options: BuildOptions): ApplicationInput {
  const isPem = text.includes('-----BEGIN')
  const csr = isPem
    ? text.replace(/-----[^-]+-----|\s+/g, '')
    : Buffer.from(parseCsrDer(bytes).der).toString('base64')
  return { kind: 'server', fields: { csr, ...subscriberOf(options) } }
}

export function subscriberOf(options: BuildOptions): ApplicationFields {
  const { subscriberName, subscriberDepartment, subscriberEmail, software } = options
  return {
    ...(subscriberName && { subscriberName }),
    ...(subscriberDepartment && { subscriberDepartment }),
    ...(subscriberEmail && { subscriberEmail }),
    ...(software && { software }),
  }
}
