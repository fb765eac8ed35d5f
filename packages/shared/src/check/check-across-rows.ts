/** Checks rows against those before them: no CN, key or serial twice; one O, L and ST. */
import type { FieldName } from '../application/application.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import { placeAttributes } from './judge.js'
import type { RowKeys } from './judge.js'
import type { Row } from './row.js'
import { SeenKeys } from './seen-keys.js'

type UniqueKey = Exclude<keyof RowKeys, 'place' | 'spkiSha256'>

/** Keys are compared with others of their space. */
const unique: readonly { space: number; key: UniqueKey; code: FindingCode; field: FieldName }[] = [
  { space: 0, key: 'commonName', code: 'commonNameRepeated', field: 'subjectDn' },
  { space: 1, key: 'subjectDn', code: 'dnRepeatedInFile', field: 'subjectDn' },
  { space: 2, key: 'p12FileName', code: 'p12FileNameRepeated', field: 'p12FileName' },
  { space: 3, key: 'keyIdentity', code: 'keyRepeated', field: 'csr' },
  { space: 4, key: 'serial', code: 'serialRepeated', field: 'serial' },
]

/** Remembers each key and its first row: the only memory of a check that grows with its input, to a bound. */
export class SeenRows {
  readonly #seen: SeenKeys
  #place: { row: number; values: NonNullable<RowKeys['place']> } | undefined
  #saidFull = false

  /** @param maxKeys more keys are not remembered, which is said once */
  constructor(maxKeys?: number) {
    this.#seen = new SeenKeys(maxKeys)
  }

  check(row: Row, keys: RowKeys): void {
    for (const { key, code, field, space } of unique) {
      const value = keys[key]
      if (value === undefined) continue
      const other = this.#seen.meet(value, row.number, space)
      if (other !== undefined) row.find(code, field, { words: { other } })
    }
    if (this.#seen.isFull && !this.#saidFull) this.#sayFull(row)
    if (!row.context.organisation && keys.place) this.#comparePlace(row, keys.place)
  }

  #sayFull(row: Row): void {
    this.#saidFull = true
    row.find('rowsNotCompared', 'subjectDn', { value: undefined, words: { count: row.number } })
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
