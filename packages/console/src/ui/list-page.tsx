/** A page that is a list: a button that makes one more, and what may be done with each. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { type Bilingual, useWords } from '../i18n/language.js'
import { type Act, useActsColumn } from './acts.js'
import { List } from './list.js'
import { Page } from './page.js'
import { SearchBox } from './search-box.js'
import type { Column } from './table.js'

interface ListPageProps<T> {
  title: Bilingual
  /** What the list is for. */
  intro?: Bilingual
  /** Words of the box that searches it. */
  search?: Bilingual
  none: Bilingual
  query: UseInfiniteQueryResult<InfiniteData<{ rows: T[] }>>
  columns: readonly Column<T>[]
  keyOf: (row: T) => string
  /** Whether the reader may change anything: without it there are no buttons. */
  mayChange: boolean
  make?: Act | undefined
  actsOf?: (row: T) => readonly Act[]
  /** The dialog that is open. */
  children?: ReactNode
}

const noActs = () => []

export function ListPage<T>({
  title,
  intro,
  search,
  none,
  columns,
  mayChange,
  make,
  actsOf,
  children,
  ...list
}: ListPageProps<T>) {
  const { t } = useWords()
  const acts = useActsColumn<T>(actsOf ?? noActs)
  return (
    <Page title={t(title)} actions={mayChange && make && <MakeButton {...make} />}>
      {intro && <p className="hint">{t(intro)}</p>}
      {search && <SearchBox label={t(search)} />}
      <List
        {...list}
        label={t(title)}
        none={t(none)}
        columns={mayChange && actsOf ? [...columns, acts] : columns}
      />
      {children}
    </Page>
  )
}

function MakeButton({ name, run }: Act) {
  const { t } = useWords()
  return (
    <button type="button" className="primary" onClick={run}>
      {t(name)}
    </button>
  )
}
