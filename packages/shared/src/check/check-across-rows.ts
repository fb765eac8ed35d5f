/** Checks rows against those before them: no CN, key or serial twice; one O, L and ST. */
import type { FieldName } from '../application/application.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { placeAttributes } from './judge.js'
import type { RowKeys } from './judge.js'
import type { Row } from './row.js'

type UniqueKey = Exclude<keyof RowKeys, 'place'>

const unique: readonly { key: UniqueKey; code: FindingCode; field: FieldName }[] = [
  { key: 'commonName', code: 'commonNameRepeated', field: 'subjectDn' },
  { key: 'subjectDn', code: 'dnRepeatedInFile', field: 'subjectDn' },
  { key: 'p12FileName', code: 'p12FileNameRepeated', field: 'p12FileName' },
  { key: 'spkiSha256', code: 'keyRepeated', field: 'csr' },
  { key: 'serial', code: 'serialRepeated', field: 'serial' },
]

/** Remembers each key and its first row: the only memory of a check that grows with its input. */
export class SeenRows {
  readonly #first = new Map<UniqueKey, Map<string, number>>(unique.map(({ key }) => [key, new Map()]))
  #place: { row: number; values: NonNullable<RowKeys['place']> } | undefined

  check(row: Row, keys: RowKeys): void {
    for (const { key, code, field } of unique) {
      const value = keys[key]
      const other = value === undefined ? undefined : this.#meet(key, value, row.number)
      if (other !== undefined) row.find(code, field, { words: { other } })
    }
    if (!row.context.organisation && keys.place) this.#comparePlace(row, keys.place)
  }

  /** The first row with that key, if it is another one. */
  #meet(key: UniqueKey, value: string, row: number): number | undefined {
    const rows = this.#first.get(key)
    const other = rows?.get(value)
    if (other === undefined) rows?.set(value, row)
    return other
  }

  /** Without the registered values, rows can only be compared with the first one. */
  #comparePlace(row: Row, values: NonNullable<RowKeys['place']>): void {
    this.#place ??= { row: row.number, values }
    const { row: other, values: wanted } = this.#place
    for (const [index, attribute] of placeAttributes.entries()) {
      const value = values[index]
      if (value !== undefined && value !== wanted[index])
        row.find('dnDiffersAmongRows', 'subjectDn', { value, words: { attribute, other } })
    }
  }
}
