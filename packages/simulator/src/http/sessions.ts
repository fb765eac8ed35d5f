/** Sessions: a cookie from the login, and the one-time token of the form shown last. */
import { randomBytes } from 'node:crypto'
import type { KnobBoard } from '../knobs/knobs.js'
import { PageError, type OperatorExchange } from './exchange.js'

const cookieName = 'JSESSIONID'
/** More make the oldest one go. */
const mostSessions = 10_000
const mostTokens = 100

export interface Session {
  organisationId: string
  usedAt: number
  tokens: Set<string>
}

const cookieForm = new RegExp(`(?:^|;\\s*)${cookieName}=([0-9A-F]{32})(?:;|$)`)

/** Keeps a set small by dropping what was put in first. */
function dropOldest(
  keys: { size: number; keys(): IterableIterator<string>; delete(key: string): boolean },
  most: number,
) {
  const [oldest] = keys.keys()
  if (keys.size > most && oldest !== undefined) keys.delete(oldest)
}

const randomId = () => randomBytes(16).toString('hex').toUpperCase()

export class Sessions {
  private readonly sessions = new Map<string, Session>()

  constructor(private readonly knobs: KnobBoard) {}

  /** Opens a session and sets its cookie. */
  open({ response, organisation }: OperatorExchange): void {
    const id = randomId()
    this.sessions.set(id, { organisationId: organisation.id, usedAt: Date.now(), tokens: new Set() })
    dropOldest(this.sessions, mostSessions)
    response.setHeader('Set-Cookie', `${cookieName}=${id}; Path=/upki-odcert; Secure; HttpOnly`)
  }

  /** @throws PageError when the cookie is missing, unknown, another operator's, or idle for too long. */
  require({ request, organisation }: OperatorExchange): Session {
    const session = this.sessions.get(cookieForm.exec(request.headers.cookie ?? '')?.[1] ?? '')
    const isIdle = session && Date.now() - session.usedAt >= this.knobs.values.sessionExpiresMs
    if (!session || isIdle || session.organisationId !== organisation.id)
      throw new PageError(200, 'セッションエラー画面', 'セッションが無効です。再度ログインしてください。')
    session.usedAt = Date.now()
    return session
  }
}

export function newToken({ tokens }: Session): string {
  const token = randomId().toLowerCase()
  tokens.add(token)
  dropOldest(tokens, mostTokens)
  return token
}

/** A token is good for one submission. @throws PageError when it is not, or no longer, good. */
export function useToken({ tokens }: Session, token: string | undefined): void {
  if (!tokens.delete(token ?? ''))
    throw new PageError(200, '不正な画面遷移', '画面遷移が不正です。メニューから操作をやり直してください。')
}
