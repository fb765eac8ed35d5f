/** Rows that are ticked, to be acted on together. */
import { type ReactNode, useState } from 'react'
import { type Bilingual, useWords } from '../i18n/language.js'
import type { Column } from './table.js'

const text = {
  select: { ja: '選択', en: 'Select' },
  chosen: { ja: '{count}件を選択中', en: '{count} selected' },
}

interface TicksProps<T> {
  /** Those that may be ticked, of the rows that are shown. */
  rows: readonly T[]
  idOf: (row: T) => string
  nameOf: (row: T) => string
}

export interface Ticks<T> {
  rows: readonly T[]
  chosen: readonly T[]
  column: Column<T>
  setAll: (all: boolean) => void
}

export function useTicks<T>({ rows, idOf, nameOf }: TicksProps<T>): Ticks<T> {
  const { t } = useWords()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const toggle = (id: string) =>
    setTicked((before) =>
      before.has(id) ? new Set([...before].filter((each) => each !== id)) : new Set(before).add(id),
    )
  const ids = new Set(rows.map(idOf))
  const cell = (row: T) =>
    ids.has(idOf(row)) && (
      <input
        type="checkbox"
        aria-label={`${t(text.select)}: ${nameOf(row)}`}
        checked={ticked.has(idOf(row))}
        onChange={() => toggle(idOf(row))}
      />
    )
  return {
    rows,
    chosen: rows.filter((row) => ticked.has(idOf(row))),
    column: { title: t(text.select), kind: 'tick', cell },
    setAll: (all) => setTicked(all ? ids : new Set()),
  }
}

interface TickBarProps<T> {
  ticks: Ticks<T>
  /** With `{total}`. */
  all: Bilingual
  /** What is done with those that are chosen. */
  children: ReactNode
}

export function TickBar<T>({ ticks: { rows, chosen, setAll }, all, children }: TickBarProps<T>) {
  const { t } = useWords()
  return (
    <div className="bar">
      <label className="tick">
        <input
          type="checkbox"
          checked={chosen.length === rows.length}
          onChange={(event) => setAll(event.target.checked)}
        />
        {t(all, { total: rows.length })}
      </label>
      <span aria-live="polite">{t(text.chosen, { count: chosen.length })}</span>
      <div className="actions">{children}</div>
    </div>
  )
}
