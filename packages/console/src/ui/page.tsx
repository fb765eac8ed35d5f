import { type ReactNode, useEffect } from 'react'

interface PageProps {
  title: string
  /** Buttons and links beside the title. */
  actions?: ReactNode
  children: ReactNode
}

export function Page({ title, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} – UPKI`
  }, [title])
  return (
    <>
      <header className="page-head">
        {/* Focus comes here after a change of page: app.tsx. */}
        <h1 tabIndex={-1}>{title}</h1>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  )
}

export function Section({ title, actions, children }: PageProps) {
  return (
    <section className="card">
      <header className="section-head">
        <h2>{title}</h2>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  )
}
