/** `tsv show`: rows of applications and reports, with CSRs and certificates decoded. */
import { readFile } from 'node:fs/promises'
import { CsrError, parseCsr } from '@upki-gateway/shared/csr'
import { readCertificate } from '@upki-gateway/shared/issued'
import { parseReport } from '@upki-gateway/shared/report'
import type { ReportRow } from '@upki-gateway/shared/report'
import type { ApplicationInput } from '@upki-gateway/shared/application'
import type { Finding } from '@upki-gateway/shared/problem'
import type { Outcome } from '../../terminal/failure.js'
import type { Language } from '../../terminal/language.js'
import { printable } from '../../terminal/printable.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { existing, openInput } from './read-input.js'
import type { InputOptions } from './read-input.js'

export interface ShowOptions extends CommonOptions, InputOptions {
  operands: string
  filter?: string
}

type Shown = Record<string, string>

/** Reports have 46 columns under a heading; nothing else has. */
const reportColumns = 46

export async function runShow(options: ShowOptions, { reporter, language }: Context): Promise<Outcome> {
  const path = options.operands
  const all = (await isReport(path)) ? (await readFile(path)).buffer : undefined
  const rows = all
    ? parseReport(new Uint8Array(all)).map(showReportRow)
    : await showApplications(path, options, language)
  const words = (options.filter ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const wanted = rows.filter((row) =>
    words.every((word) => Object.values(row).join('\n').toLowerCase().includes(word)),
  )
  const text = wanted.map(renderRow).join('\n\n')
  const sum = { ja: `${rows.length}行中${wanted.length}行`, en: `${wanted.length} of ${rows.length} row(s)` }
  reporter.result({ ja: `${text}\n\n${sum.ja}`, en: `${text}\n\n${sum.en}` }, { rows: wanted })
  return rows.some(({ error }) => error !== undefined) ? 'failed' : 'done'
}

async function isReport(path: string): Promise<boolean> {
  if (path === '-') return false
  const head = await readFile(await existing(path), 'latin1')
  const end = head.search(/[\r\n]/)
  return head.slice(0, end < 0 ? undefined : end).split('\t').length === reportColumns
}

async function showApplications(path: string, options: InputOptions, language: Language): Promise<Shown[]> {
  const { batches } = await openInput(path, options)
  const rows: Shown[] = []
  for await (const batch of batches)
    for (const { row, input, findings } of batch)
      rows.push({
        row: String(row),
        ...(input ? showInput(input) : { error: renderReasons(findings, language) }),
      })
  return rows
}

const renderReasons = (findings: readonly Finding[], language: Language): string =>
  findings.map(({ message, remedy }) => `${message[language]} ${remedy[language]}`).join(' ')

function showInput({ kind = 'server', fields }: ApplicationInput): Shown {
  const { csr, accessPin, ...others } = fields
  return { kind, ...others, ...(accessPin && { accessPin: '***' }), ...(csr && showCsr(csr)) }
}

function showCsr(text: string): Shown {
  try {
    const { subjectDn, keyType, dnsNames, signatureAlgorithm, signatureValid, spkiSha256 } = parseCsr(text)
    const signature = `${signatureAlgorithm}, ${signatureValid ? 'valid' : 'NOT VALID'}`
    return {
      'csr.subject': subjectDn,
      'csr.key': keyType,
      'csr.signature': signature,
      'csr.dnsNames': dnsNames.join(' '),
      'csr.spkiSha256': spkiSha256,
    }
  } catch (error) {
    if (error instanceof CsrError) return { csr: error.message }
    throw error
  }
}

function showReportRow(row: ReportRow): Shown {
  const { certificatePem, csr, ...others } = row
  const certificate = certificatePem && showCertificate(certificatePem)
  return { ...others, ...(csr && showCsr(csr)), ...(certificate || {}) }
}

function showCertificate(pem: string): Shown {
  try {
    const { subjectDn, serial, issuer, notBefore, notAfter, dnsNames } = readCertificate(pem)
    return {
      'certificate.subject': subjectDn,
      'certificate.serial': serial,
      'certificate.issuer': issuer,
      'certificate.notBefore': notBefore.toISOString(),
      'certificate.notAfter': notAfter.toISOString(),
      'certificate.dnsNames': dnsNames.join(' '),
    }
  } catch {
    return { certificate: 'cannot be read' }
  }
}

const renderRow = (row: Shown): string =>
  Object.entries(row)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(24)} ${printable(value, 400)}`)
    .join('\n')
