/** Checks of one cell by itself: presence, length, characters, form. */
import type { Kind } from '../applications/kinds.js'
import { layoutOf, type ColumnId, type LayoutColumn } from '../applications/layouts.js'
import { isHostName } from '../applications/host-names.js'
import { isFullOrHalfWidth, isHalfWidth } from './characters.js'
import { columnFault, type ErrorName, type Fault } from './errors.js'

type Text = 'digits' | 'half' | 'full'

/** Longest value in characters, and which characters. Lengths of the P12 file name and the PIN are not public. */
const cellRules: Record<ColumnId, readonly [most: number, text: Text]> = {
  subjectDn: [250, 'half'],
  profileId: [2, 'digits'],
  third: [128, 'half'],
  serial: [50, 'half'],
  reason: [1, 'digits'],
  comment: [128, 'full'],
  csr: [2048, 'half'],
  managerName: [64, 'full'],
  managerDepartment: [64, 'full'],
  managerMail: [78, 'half'],
  fqdn: [64, 'half'],
  software: [128, 'full'],
  dnsNames: [250, 'half'],
  userName: [64, 'full'],
  p12FileName: [64, 'half'],
  userDepartment: [64, 'full'],
  userMail: [78, 'half'],
  accessPin: [64, 'half'],
}

/** Before the `@`: runs of letters, digits and `_%+-` with one dot between them; behind it a host name. */
const localForm = /^[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*$/

function isMail(value: string): boolean {
  const [local = '', host = '', ...others] = value.split('@')
  return others.length === 0 && localForm.test(local) && isHostName(host)
}

/** The file has no quoting: what a spreadsheet puts around a cell would become part of the value. */
const isQuoted = (value: string) => value.length > 1 && value.startsWith('"') && value.endsWith('"')

const isMailColumn = (id: ColumnId) => id === 'managerMail' || id === 'userMail'

const textErrors: Record<Text, (value: string) => boolean> = {
  digits: (value) => !/^[0-9]+$/.test(value),
  half: (value) => !isHalfWidth(value),
  full: (value) => !isFullOrHalfWidth(value),
}

function characterError(id: ColumnId, text: Text): ErrorName {
  if (text === 'digits') return 'digitsOnly'
  return id === 'comment' ? 'commentCharacter' : 'character'
}

function checkCell(kind: Kind, { id, use }: LayoutColumn, value: string): Fault | undefined {
  if (value === '') return use === 'required' ? columnFault(kind, id, 'required') : undefined
  if (use === 'reserved') return columnFault(kind, id, 'reserved')
  const [most, text] = cellRules[id]
  if (Array.from(value).length > most) return columnFault(kind, id, 'tooLong', most)
  if (textErrors[text](value)) return columnFault(kind, id, characterError(id, text))
  if (isQuoted(value)) return columnFault(kind, id, 'quoted')
  if (isMailColumn(id) && !isMail(value)) return columnFault(kind, id, 'mailForm')
  return undefined
}

/** At most one fault for each column. */
export function checkColumns(kind: Kind, fields: readonly string[]): Fault[] {
  const layout = layoutOf(kind)
  if (fields.length !== layout.length) return [columnFault(kind, 'subjectDn', 'columnCount', layout.length)]
  return layout
    .map((column) => checkCell(kind, column, fields[column.number - 1] ?? ''))
    .filter((fault) => fault !== undefined)
}
