/** Pages of a list that grow downwards. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useWords } from '../i18n/language.js'

const text = { more: { ja: '続きを表示', en: 'Show more' } }

export function More<T>({ query }: { query: UseInfiniteQueryResult<InfiniteData<T>> }) {
  const { t } = useWords()
  if (!query.hasNextPage) return null
  return (
    <p className="more">
      <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t(text.more)}
      </button>
    </p>
  )
}
