import { Link, useLocation } from 'wouter'
import type { Operator } from '../api/session.js'
import { useWords } from '../i18n/language.js'
import { pagesFor } from './pages.js'

const text = { pages: { ja: 'ページ', en: 'Pages' } }

const isWithin = (path: string, href: string): boolean =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)

export function Navigation({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [path] = useLocation()
  return (
    <nav aria-label={t(text.pages)}>
      <ul>
        {pagesFor(operator).map(({ href, name }) => (
          <li key={href}>
            <Link href={href} aria-current={isWithin(path, href) ? 'page' : undefined}>
              {t(name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
