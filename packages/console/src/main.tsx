import './styles.css'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { Problem } from './api/client.js'
import { askForSession } from './api/session.js'
import { App } from './app.js'
import { LanguageProvider } from './i18n/language.js'

/** What the gateway refused is refused again; only what did not reach it is worth another try. */
const mayRetry = (failures: number, error: unknown): boolean =>
  failures < 2 && !(error instanceof Problem && error.status < 500)

/** What is refused for want of a session tells that it has ended: the page does not wait until it would ask. */
const queryCache = new QueryCache({
  onError: (error) => {
    if (error instanceof Problem && error.status === 401) askForSession(client)
  },
})

const client = new QueryClient({
  queryCache,
  defaultOptions: { queries: { retry: mayRetry, staleTime: 1_000 } },
})

const root = document.getElementById('root')
if (!root) throw new Error('The page has no place for the console')
createRoot(root).render(
  <QueryClientProvider client={client}>
    <LanguageProvider>
      <App />
    </LanguageProvider>
  </QueryClientProvider>,
)
