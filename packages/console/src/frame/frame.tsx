/** Navigation, the reader's language, and who is signed in, around every page. */
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { useLive } from '../api/live.js'
import { type Operator, signOut } from '../api/session.js'
import { useWords } from '../i18n/language.js'
import { Failed } from '../ui/outcome.js'
import { LanguageSwitch } from './language-switch.js'
import { Navigation } from './navigation.js'

const text = {
  skip: { ja: '本文へ', en: 'Skip to the content' },
  menu: { ja: 'メニュー', en: 'Menu' },
  signOut: { ja: 'サインアウト', en: 'Sign out' },
}

export function Frame({ operator, children }: { operator: Operator; children: ReactNode }) {
  const { t } = useWords()
  useLive()
  const leaving = useMutation({ mutationFn: signOut })
  const [path] = useLocation()
  // The menu closes when one of its pages is chosen.
  const [openAt, setOpenAt] = useState<string>()
  const isOpen = openAt === path
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {t(text.skip)}
      </a>
      <header className="side">
        <div className="brand">
          <span>UPKI</span>
          <button
            type="button"
            className="menu-button"
            aria-expanded={isOpen}
            aria-controls="menu"
            onClick={() => setOpenAt(isOpen ? undefined : path)}
          >
            {t(text.menu)}
          </button>
        </div>
        <div id="menu" className={isOpen ? 'menu open' : 'menu'}>
          <Navigation operator={operator} />
          <div className="account">
            <div>
              <div>{operator.displayName}</div>
              <div className="minor">{operator.organisation}</div>
            </div>
            <LanguageSwitch />
            <button
              type="button"
              className="quiet small"
              disabled={leaving.isPending}
              onClick={() => leaving.mutate()}
            >
              {t(text.signOut)}
            </button>
            {leaving.error && <Failed error={leaving.error} />}
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}
