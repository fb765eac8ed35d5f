/**
 * A table that becomes a list of cards on a narrow screen. The roles are written out, because
 * browsers forget those of table elements that are laid out otherwise.
 */
import type { ReactNode } from 'react'

export interface Column<T> {
  title: string
  cell: (row: T) => ReactNode
  /**
   * `number` is set to the right, `wide` takes the room that is left, `tick` holds a checkbox, `act` buttons:
   * these two are not printed.
   */
  kind?: 'number' | 'wide' | 'tick' | 'act'
}

interface TableProps<T> {
  /** Told to those who do not see the heading above. */
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
}

export function Table<T>({ label, columns, rows, keyOf }: TableProps<T>) {
  return (
    <table role="table" aria-label={label} className="cards">
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, kind }) => (
            <th key={title} role="columnheader" scope="col" className={kind}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ title, kind, cell }) => (
              <td key={title} role="cell" data-title={title} className={kind}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
