/** Lists that come page by page. */
import { useInfiniteQuery } from '@tanstack/react-query'

interface Page<T> {
  rows: T[]
  next: string | null
}

/** @param isLive asked for again every few seconds */
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
    ...(isLive && { refetchInterval: 3_000 }),
  })
}
