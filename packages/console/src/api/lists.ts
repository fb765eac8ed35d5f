/** Lists that come page by page. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { refetchInterval } from './live.js'

interface Page<T> {
  rows: T[]
  next: string | null
}

/** @param isLive kept fresh */
export function useList<T>(
  key: readonly unknown[],
  ask: (after: string | undefined) => Promise<Page<T>>,
  isLive = false,
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    ...(isLive && { refetchInterval }),
  })
}
