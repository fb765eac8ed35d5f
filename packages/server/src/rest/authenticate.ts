/** Who sends a request: by bearer token (RFC 6750), or by a session of the console. */
import type { Request, RequestHandler } from 'express'
import { type Caller, callerOfToken, type TokenFault } from '../policy/caller.js'
import type { Scope } from '../policy/scopes.js'
import { ProblemError } from '../problem/problem-error.js'
import type { Database } from '../store/database.js'

/** Finds the caller in something else than a token; undefined when the request has no such thing. */
export type SessionReader = (request: Request) => Promise<Caller | undefined>

const callers = new WeakMap<Request, Caller>()

const MAX_TOKEN_LENGTH = 200

function readToken(request: Request): string {
  const header = request.get('authorization')
  if (!header) {
    throw new ProblemError('tokenMissing', 'Send Authorization: Bearer TOKEN; an operator makes tokens', {
      ja: 'Authorization: Bearer トークン を付けてください。トークンは登録担当者が発行します。',
      headers: { 'WWW-Authenticate': 'Bearer' },
    })
  }
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1]
  if (!token || token.length > MAX_TOKEN_LENGTH)
    throw invalid('The Authorization header is not a bearer token')
  return token
}

const invalid = (detail: string): ProblemError =>
  new ProblemError('tokenInvalid', `${detail}; ask an operator for a new one`, {
    ja: 'トークンが無効か期限切れです。登録担当者に新しいトークンを依頼してください。',
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  })

const faults: Record<TokenFault, string> = {
  unknown: 'The token is unknown or revoked',
  revoked: 'The token is unknown or revoked',
  expired: 'The token has expired',
  disabled: 'The operator of this token is disabled',
}

export interface Doors {
  db: Database
  now: () => Date
  /** Asked when there is no Authorization header. */
  session?: SessionReader
}

/** @throws ProblemError without a live token or session */
export async function identify({ db, now, session }: Doors, request: Request): Promise<Caller> {
  const known = request.get('authorization') ? undefined : await session?.(request)
  const caller = known ?? (await callerOfToken(db, readToken(request), now()))
  if (typeof caller === 'string') throw invalid(faults[caller])
  return caller
}

/** Lets in only requests with a live token or session. */
export function authenticate(doors: Doors): RequestHandler {
  return async (request, _response, next) => {
    callers.set(request, await identify(doors, request))
    next()
  }
}

/** Who calls; only behind `authenticate`. */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request)
  if (!caller) throw new Error('callerOf was called before authenticate')
  return caller
}

/** @param wanted one of them is enough */
export function needScope(...wanted: Scope[]): RequestHandler {
  return (request, _response, next) => {
    const { scopes } = callerOf(request)
    if (wanted.some((scope) => scopes.includes(scope))) return next()
    const scope = wanted.join(' or ')
    throw new ProblemError('scopeMissing', `The caller lacks the scope ${scope}`, {
      ja: `${wanted.join(' または ')} の権限がありません。`,
      headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${wanted[0] ?? ''}"` },
    })
  }
}
