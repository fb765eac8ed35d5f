/**
 * Live pages: the gateway's stream of events (server-sent events) says that something happened, and what is
 * shown is asked for again. Source: docs/notices.md.
 *
 * While the stream is not there, lists are asked for every few seconds; while it is, now and then, for the
 * few changes that are no event. A page that nobody looks at closes its stream: browsers open few
 * connections to one host, and all windows share them.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

const WITHOUT_STREAM_MS = 3_000
const WITH_STREAM_MS = 30_000

/** After which a stream that the browser has given up is opened again. */
const AGAIN_MS = 3_000

/** Events come in heaps: a file has 99 rows. */
const GATHER_MS = 250

/** What an event may have changed, by the first word of the queries' keys. */
const changing = new Set([
  'applications',
  'approvals',
  'batches',
  'certificates',
  'due',
  'overview',
  'statistics',
])

let isOpen = false

/** For queries that show what changes by itself. */
export const refetchInterval = (): number => (isOpen ? WITH_STREAM_MS : WITHOUT_STREAM_MS)

const refresh = (client: QueryClient) =>
  client.invalidateQueries({ predicate: ({ queryKey }) => changing.has(String(queryKey[0])) })

/**
 * The browser opens it again when the connection breaks, and gives it up when it is answered with an error, as by
 * a proxy whose gateway starts again.
 * @returns what closes it
 */
function listen(onEvent: () => void, onGivenUp: () => void): () => void {
  const source = new EventSource('/v1/events')
  source.onopen = () => {
    isOpen = true
    // What happened between the last answer and now is not told.
    onEvent()
  }
  source.onmessage = onEvent
  source.onerror = () => {
    isOpen = false
    if (source.readyState === EventSource.CLOSED) onGivenUp()
  }
  return () => {
    isOpen = false
    source.close()
  }
}

/** Keeps what is shown fresh while somebody looks. */
export function useLive(): void {
  const client = useQueryClient()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let close: (() => void) | undefined
    const gather = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void refresh(client)
      }, GATHER_MS)
    }
    let again: ReturnType<typeof setTimeout> | undefined
    const follow = () => {
      clearTimeout(again)
      close?.()
      close = document.hidden ? undefined : listen(gather, followAgain)
    }
    const followAgain = () => {
      again = setTimeout(follow, AGAIN_MS)
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      clearTimeout(timer)
      clearTimeout(again)
      close?.()
    }
  }, [client])
}
