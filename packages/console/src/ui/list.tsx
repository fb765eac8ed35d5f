/** A list as it comes: loading, failed, empty, or a table that grows. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { More } from './more.js'
import { Empty, Failed, Loading } from './outcome.js'
import { type Column, Table } from './table.js'

interface ListProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ rows: T[] }>>
  label: string
  none: string
  columns: readonly Column<T>[]
  keyOf: (row: T) => string
}

export function List<T>({ query, label, none, columns, keyOf }: ListProps<T>) {
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {query.isSuccess && rows.length === 0 && <Empty>{none}</Empty>}
      {rows.length > 0 && <Table label={label} columns={columns} rows={rows} keyOf={keyOf} />}
      <More query={query} />
    </>
  )
}
