/**
 * Writes applications in any format, in pieces as they come. Same input, same bytes.
 *
 * Values are written as they are; what a format cannot hold is a finding, and nothing is left out in silence.
 */
import type { Application, FieldName } from '../application/application.js'
import { fieldNames } from '../application/application.js'
import { toJson } from '../application/json.js'
import type { ApplicationKind } from '../application/kind.js'
import { DnsNamesError } from '../identifier/dns-names.js'
import type { Bilingual, Finding } from '../problem/finding.js'
import { makeFinding } from '../problem/make-finding.js'
import { takesField } from '../tsv/kind-table.js'
import { kindTables } from '../tsv/kind-tables.js'
import type { FormatName } from './format.js'
import { headingOf } from './headings.js'
import type { HeadingLanguage } from './headings.js'
import { toInert } from './inert.js'
import { renderXml } from './render-xml.js'

/** `upki-tsv` makes several files and has a writer of its own. */
export type TextFormat = Exclude<FormatName, 'upki-tsv'>

export interface WriteOptions {
  /** Of CSV and TSV; default field names. */
  headings?: HeadingLanguage
  /** All rows are of this kind: only its columns are written, and no column for the kind. */
  kind?: ApplicationKind
}

export interface RowWriter {
  /** Before the first row. */
  begin: string
  /** Text of one row; a finding when the format cannot hold it. */
  write: (application: Application, row: number) => string | Finding
  /** After the last row. */
  end: string
}

export function makeWriter(format: TextFormat, options: WriteOptions = {}): RowWriter {
  const writer = writerOf(format, options)
  const isUnwritable = unwritable[format]
  if (!isUnwritable) return writer
  const write: RowWriter['write'] = (application, row) => {
    const field = fieldNames.find((name) => isUnwritable(application.fields[name] ?? ''))
    return field ? cannotWrite(row, format, { field, detail }) : writer.write(application, row)
  }
  return { ...writer, write }
}

const detail = {
  ja: 'この形式にできない文字があります',
  en: 'it holds a character that the format cannot',
}

/** Half of a surrogate pair has no bytes in UTF-8. */
const isHalved = (text: string): boolean => /\p{Surrogate}/u.test(text)
// eslint-disable-next-line no-control-regex -- these have no form in XML 1.0, §2.2
const notOfXml = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u

const unwritable: Partial<Record<TextFormat, (text: string) => boolean>> = {
  csv: isHalved,
  tsv: isHalved,
  xml: (text) => notOfXml.test(text),
}

const cannotWrite = (
  row: number,
  format: TextFormat,
  { field, detail: why }: { field: FieldName; detail: Bilingual },
): Finding => makeFinding('cannotWrite', { row, field, words: { format, detail: why } })

function writerOf(format: TextFormat, options: WriteOptions): RowWriter {
  if (format === 'json') return jsonWriter()
  if (format === 'jsonl')
    return { begin: '', write: guarded('jsonl', (row) => `${JSON.stringify(toJson(row))}\n`), end: '' }
  if (format === 'xml') return { begin: xmlBegin, write: guarded('xml', renderXml), end: '</applications>\n' }
  return tableWriter(format, options)
}

const xmlBegin = '<?xml version="1.0" encoding="UTF-8"?>\n<applications>\n'

function jsonWriter(): RowWriter {
  let isFirst = true
  const write = guarded('json', (application) => {
    const text = JSON.stringify(toJson(application))
    const separator = isFirst ? '' : ',\n'
    isFirst = false
    return `${separator}${text}`
  })
  return { begin: '[\n', write, end: '\n]\n' }
}

/** Turns what a row cannot be written for into a finding. */
const guarded =
  (format: TextFormat, render: (application: Application) => string): RowWriter['write'] =>
  (application, row) => {
    try {
      return render(application)
    } catch (error) {
      if (!(error instanceof DnsNamesError)) throw error
      return cannotWrite(row, format, {
        field: 'dnsNames',
        detail: { ja: `「${error.part}」は「dNSName=ホスト名」の形ではありません`, en: error.message },
      })
    }
  }

function tableWriter(format: 'csv' | 'tsv', { headings = 'field', kind }: WriteOptions): RowWriter {
  const delimiter = format === 'csv' ? ',' : '\t'
  const fields = kind ? fieldNames.filter((field) => takesField(kindTables[kind], field)) : fieldNames
  const quoted = format === 'csv' ? /^'|[\r\n\t",]/ : /^'|[\r\n\t"]/
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => (cell === '' ? '' : toCell(toInert(cell), quoted))).join(delimiter)}\r\n`
  const heading = fields.map((field) => headingOf(field, headings, kind))
  return {
    begin: line(kind ? heading : [headingOf('kind', headings), ...heading]),
    write: (application, row) => writeCells(application, row, { fields, kind, format, line }),
    end: '',
  }
}

/** RFC 4180 §2, rules 5 to 7. */
const toCell = (text: string, quoted: RegExp): string =>
  quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text

interface TableSpec {
  fields: readonly FieldName[]
  kind: ApplicationKind | undefined
  format: TextFormat
  line: (cells: readonly string[]) => string
}

function writeCells(application: Application, row: number, spec: TableSpec): string | Finding {
  const { fields, kind, format, line } = spec
  const cells = fields.map((field) => application.fields[field] ?? '')
  if (!kind) return line([application.kind, ...cells])
  const extra = Object.keys(application.fields).find((field) => !fields.includes(field as FieldName))
  if (application.kind === kind && extra === undefined) return line(cells)
  const detail = extra ?? application.kind
  return makeFinding('cannotWrite', { row, words: { format, detail } })
}
