/** Bearer tokens (RFC 6750) and their scopes. */
import type { Request, RequestHandler } from 'express'
import { ProblemError } from '../problem/problem-error.js'
import type { Database } from '../store/database.js'
import { findToken } from '../store/tokens.js'

export const scopes = [
  'applications:read',
  'applications:write',
  'applications:approve',
  'certificates:read',
  'eab:write',
  'admin',
] as const
export type Scope = (typeof scopes)[number]

export interface Caller {
  tokenId: string
  organisation: string
  scopes: readonly string[]
}

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

/** Lets in only requests with a live token. */
export function authenticate(db: Database, now: () => Date): RequestHandler {
  return async (request, _response, next) => {
    const row = await findToken(db, readToken(request))
    if (!row || row.revoked_at) throw invalid('The token is unknown or revoked')
    if (row.expires_at && row.expires_at <= now()) throw invalid('The token has expired')
    callers.set(request, { tokenId: row.id, organisation: row.organisation, scopes: row.scopes })
    next()
  }
}

/** Who calls; only behind `authenticate`. */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request)
  if (!caller) throw new Error('callerOf was called before authenticate')
  return caller
}

export function needScope(scope: Scope): RequestHandler {
  return (request, _response, next) => {
    if (callerOf(request).scopes.includes(scope)) return next()
    throw new ProblemError('scopeMissing', `The token lacks the scope ${scope}`, {
      ja: `トークンに ${scope} の権限がありません。`,
      headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
    })
  }
}
