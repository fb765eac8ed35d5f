/** What a query has to show: loading, failed, or its data. */
import type { ReactNode } from 'react'
import { Problem } from '../api/client.js'
import { useWords } from '../i18n/language.js'

const text = {
  loading: { ja: '読み込んでいます…', en: 'Loading…' },
  retry: { ja: 'もう一度', en: 'Try again' },
  unreachable: { ja: 'ゲートウェイに接続できません。', en: 'The gateway cannot be reached.' },
}

export function useReason() {
  const { t } = useWords()
  return (error: unknown): string => {
    if (error instanceof Problem) return error.detail ?? error.title
    return t(text.unreachable)
  }
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useWords()
  const reason = useReason()
  return (
    <div className="notice error" role="alert">
      <p>{reason(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          {t(text.retry)}
        </button>
      )}
    </div>
  )
}

export function Loading() {
  const { t } = useWords()
  return (
    <p className="loading" role="status">
      {t(text.loading)}
    </p>
  )
}

export const Empty = ({ children }: { children: ReactNode }) => <p className="empty">{children}</p>

/** Of a query, or of one for a list that grows. */
interface Asked<T> {
  data: T | undefined
  error: unknown
  refetch: () => unknown
}

interface ShownProps<T> {
  query: Asked<T>
  children: (data: T) => ReactNode
}

/** Data that was shown once stays while it is asked for again; a failure then stands above it. */
export function Shown<T>({ query, children }: ShownProps<T>) {
  const retry = () => {
    query.refetch()
  }
  if (query.data === undefined)
    return query.error ? <Failed error={query.error} retry={retry} /> : <Loading />
  return (
    <>
      {query.error && <Failed error={query.error} retry={retry} />}
      {children(query.data)}
    </>
  )
}
