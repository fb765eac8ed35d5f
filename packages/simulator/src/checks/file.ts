/** An upload as octets → its rows, or why it is no application file: docs/issuance-system.md, "File". */
import { extname } from 'node:path'
import iconv from 'iconv-lite'
import { fileFault, type Fault } from './errors.js'

/** More than these are refused whole. */
const mostRows = 99

export interface UploadedFile {
  name: string
  octets: Buffer
}

/** The cells of each row, in file order. */
export type Rows = readonly (readonly string[])[]

/** Lines end with CRLF or LF; the end of the last one may be missing. */
const splitLines = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/)

export function readRows(file: UploadedFile | undefined): Rows | Fault {
  if (!file || file.name === '') return fileFault('fileMissing')
  if (!['.tsv', '.txt'].includes(extname(file.name).toLowerCase())) return fileFault('fileExtension')
  const text = iconv.decode(file.octets, 'cp932', { stripBOM: false })
  if (text.trim() === '') return fileFault('fileEmpty')
  const lines = splitLines(text)
  if (lines.length > mostRows) return fileFault('tooManyRows')
  return lines.map((line) => line.split('\t'))
}

export const isFault = (result: Rows | Fault): result is Fault => 'code' in result
