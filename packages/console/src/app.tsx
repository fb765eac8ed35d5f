/** The frame: who is signed in decides what there is. */
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { useForget, useSession } from './api/session.js'
import { Shown } from './ui/outcome.js'
import { Frame } from './frame/frame.js'
import { Routes } from './frame/routes.js'
import { SignIn } from './pages/sign-in/page.js'

/** A change of page is told to screen readers, and Tab goes on from its top. */
function useFocusOnChange(): void {
  const [path] = useLocation()
  useEffect(() => {
    window.scrollTo(0, 0)
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }, [path])
}

export function App() {
  const session = useSession()
  useFocusOnChange()
  useForget(session.data?.operator?.id)
  return (
    <Shown query={session}>
      {({ operator, ways }) =>
        operator ? (
          <Frame key={operator.id} operator={operator}>
            <Routes operator={operator} />
          </Frame>
        ) : (
          <SignIn ways={ways} />
        )
      }
    </Shown>
  )
}
