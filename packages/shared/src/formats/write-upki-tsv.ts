/**
 * UPKI TSV out: files of at most 99 rows of one kind, Shift_JIS, in the order the rows come.
 *
 * A file is complete when it is full or when the rows end, so at most 98 rows of each kind are held.
 */
import type { Application } from '../application/application.js'
import type { ApplicationKind } from '../application/kind.js'
import type { Finding } from '../problem/finding.js'
import { makeFinding } from '../problem/make-finding.js'
import { TsvError, encodeRow, rowsPerFile } from '../tsv/codec.js'
import { kindTables } from '../tsv/kind-tables.js'
import { charactersOutsideJis } from '../tsv/shift-jis.js'

export interface TsvFile {
  /** Such as `server-issue-001.tsv`. */
  name: string
  kind: ApplicationKind
  bytes: Uint8Array
  rowCount: number
}

interface Open {
  rows: Buffer[]
  files: number
}

export class UpkiTsvWriter {
  readonly #open = new Map<ApplicationKind, Open>()

  /** A file when this row filled it, a finding when the row cannot stand in one, else nothing. */
  write(application: Application, row: number): TsvFile | Finding | undefined {
    const bytes = tryRow(application, row)
    if (!Buffer.isBuffer(bytes)) return bytes
    const open = this.#open.get(application.kind) ?? { rows: [], files: 0 }
    this.#open.set(application.kind, open)
    open.rows.push(bytes)
    return open.rows.length === rowsPerFile ? close(application.kind, open) : undefined
  }

  /** The files that were not full. */
  end(): TsvFile[] {
    return [...this.#open].flatMap(([kind, open]) => (open.rows.length > 0 ? [close(kind, open)] : []))
  }
}

function tryRow(application: Application, row: number): Buffer | Finding {
  try {
    return encodeRow(application, kindTables[application.kind], row)
  } catch (error) {
    if (!(error instanceof TsvError)) throw error
    const { field } = error.place
    const detail = { ja: inJapanese(error, application), en: error.message.replace(/^row \d+: /, '') }
    return makeFinding('cannotWrite', { row, ...(field && { field }), words: { format: 'UPKI TSV', detail } })
  }
}

function inJapanese({ fault, place }: TsvError, { kind, fields }: Application): string {
  const field = place.field ?? ''
  if (fault === 'fieldNotOfKind') return `${kind}に${field}という項目はありません`
  if (fault === 'missingField') return `${field}が空です`
  if (fault === 'unsafeValue') return `${field}に制御文字か、全体を囲む引用符があります`
  const outside = Object.values(fields).flatMap((value) => charactersOutsideJis(value))
  return `${field}にJIS第一・第二水準にない文字があります: ${outside.slice(0, 10).join(' ')}`
}

function close(kind: ApplicationKind, open: Open): TsvFile {
  open.files += 1
  const { rows } = open
  open.rows = []
  return {
    name: `${kind}-${String(open.files).padStart(3, '0')}.tsv`,
    kind,
    bytes: Buffer.concat(rows),
    rowCount: rows.length,
  }
}
