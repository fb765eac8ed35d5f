/** Sessions of the console: opened by a sign-in, read with every request, ended by sign-out, idleness or age. */
import { randomBytes } from 'node:crypto'
import type { Request } from 'express'
import type { Environment } from '../../issuance/ports/environment.js'
import { type Caller, callerOfOperator } from '../../policy/caller.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import type { SessionRow, SignInWay } from '../../store/session-tables.js'
import { deleteSession, findSession, insertSession, touchSession } from '../../store/sessions.js'
import { readSessionCookie } from './cookies.js'
import { changesSomething, checkSameOrigin } from './same-origin.js'

/** A page asks every few seconds; writing it down once a minute is enough for an idle time of many. */
const TOUCH_MS = 60_000

export interface OpenedSession {
  token: string
  expiresAt: Date
}

export async function openSession(
  env: Environment,
  trx: Transaction,
  operatorId: string,
  way: SignInWay,
): Promise<OpenedSession> {
  const now = env.now()
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + env.config.console.sessionHours * 3_600_000)
  await insertSession(trx, token, {
    operator_id: operatorId,
    way,
    created_at: now,
    seen_at: now,
    expires_at: expiresAt,
  })
  await appendAudit(trx, [
    {
      at: now,
      actor: `operator:${operatorId}`,
      action: 'session.start',
      subject: operatorId,
      detail: { way },
    },
  ])
  return { token, expiresAt }
}

/** A page that only waits for events is nobody's doing. */
const isListening = (request: Request): boolean =>
  request.get('accept')?.includes('text/event-stream') === true

async function readSession(env: Environment, request: Request): Promise<SessionRow | undefined> {
  const token = readSessionCookie(request)
  if (token === undefined) return undefined
  const now = env.now()
  const idleSince = new Date(now.getTime() - env.config.console.idleMinutes * 60_000)
  const session = await findSession(env.db, token, { now, idleSince })
  const isStale = session !== undefined && now.getTime() - session.seen_at.getTime() > TOUCH_MS
  if (isStale && !isListening(request)) await touchSession(env.db, token, now)
  return session
}

export interface SignedIn {
  caller: Caller
  expiresAt: Date
}

export async function whoIsSignedIn(env: Environment, request: Request): Promise<SignedIn | undefined> {
  const session = await readSession(env, request)
  if (!session) return undefined
  const caller = await callerOfOperator(env.db, session.operator_id)
  return caller && { caller, expiresAt: session.expires_at }
}

/**
 * Lets a session in where the REST API wants a token.
 *
 * @throws ProblemError when a request that changes something may be another site's
 */
export const readCaller =
  (env: Environment) =>
  async (request: Request): Promise<Caller | undefined> => {
    const signedIn = await whoIsSignedIn(env, request)
    if (signedIn && changesSomething(request)) checkSameOrigin(request)
    return signedIn?.caller
  }

export async function endSession(env: Environment, request: Request): Promise<void> {
  const token = readSessionCookie(request)
  if (token === undefined) return
  await env.db.transaction().execute(async (trx) => {
    const operatorId = await deleteSession(trx, token)
    if (operatorId === undefined) return
    await appendAudit(trx, [
      { at: env.now(), actor: `operator:${operatorId}`, action: 'session.end', subject: operatorId },
    ])
  })
}
