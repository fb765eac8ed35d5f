/**
 * Cookies of the sign-in. `__Host-` binds them to this host, to TLS and to the path `/`
 * (draft-ietf-httpbis-rfc6265bis §4.1.3.2).
 */
import { parseCookie } from 'cookie'
import type { Request, Response } from 'express'

/** The session: never sent with a request that another site began. */
const SESSION = '__Host-upki-session'

/** Between leaving for the provider and coming back: the way back begins at another site, hence Lax. */
const OIDC = '__Host-upki-oidc'

const shared = { secure: true, httpOnly: true, path: '/' } as const

const read = (request: Request, name: string): string | undefined =>
  parseCookie(request.get('cookie') ?? '')[name] || undefined

export const readSessionCookie = (request: Request): string | undefined => read(request, SESSION)

export function setSessionCookie(response: Response, token: string, expires: Date): void {
  response.cookie(SESSION, token, { ...shared, sameSite: 'strict', expires })
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(SESSION, { ...shared, sameSite: 'strict' })
}

export const readOidcCookie = (request: Request): string | undefined => read(request, OIDC)

export function setOidcCookie(response: Response, value: string, maxAge: number): void {
  response.cookie(OIDC, value, { ...shared, sameSite: 'lax', maxAge })
}

export function clearOidcCookie(response: Response): void {
  response.clearCookie(OIDC, { ...shared, sameSite: 'lax' })
}
