/**
 * One-time sign-in links. A link is sealed with the gateway's key, so that making one needs
 * `secret.key` and no store: `upki-gateway login-link` works beside a running gateway.
 * That a link was used is stored.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Vault } from '../../files/secret-key.js'
import type { Environment } from '../../issuance/ports/environment.js'
import { ProblemError } from '../../problem/problem-error.js'
import { findFirstAdministrator, findOperatorByEmail } from '../../store/operator-sign-in.js'
import { useLink } from '../../store/sessions.js'
import { type OpenedSession, openSession } from './sessions.js'

const LABEL = 'sign-in link'
export const LINK_MINUTES = 60

const contents = z.strictObject({
  /** Two links of one minute differ. */
  id: z.string(),
  /** E-mail of the operator; without it the first administrator. */
  email: z.string().optional(),
  expiresAt: z.number(),
})

/** @param url of the gateway. The token stands behind the `#`, which browsers send to nobody. */
export function makeLink(vault: Vault, url: string, { now, email }: { now: Date; email?: string }): string {
  const expiresAt = now.getTime() + LINK_MINUTES * 60_000
  const text = JSON.stringify({ id: randomUUID(), email, expiresAt })
  return `${url}/#link=${vault.seal(Buffer.from(text), LABEL).toString('base64url')}`
}

function refuse(cause?: unknown): never {
  throw new ProblemError('signInRefused', 'The link is not valid, was used or has expired; make a new one', {
    ja: 'リンクが無効か、使用済みか、期限切れです。新しいリンクを作ってください。',
    cause,
  })
}

function readLink(vault: Vault, token: string): z.infer<typeof contents> {
  try {
    return contents.parse(JSON.parse(vault.open(Buffer.from(token, 'base64url'), LABEL).toString()))
  } catch (error) {
    // Cut, changed, or of another gateway: to the caller it is all one.
    return refuse(error)
  }
}

/** @throws ProblemError when the link opens nothing; an attempt uses it up only when it succeeds */
export async function signInByLink(env: Environment, token: string): Promise<OpenedSession> {
  const now = env.now()
  const { email, expiresAt } = readLink(env.vault, token)
  if (expiresAt <= now.getTime()) refuse()
  return env.db.transaction().execute(async (trx) => {
    const operator = await (email === undefined
      ? findFirstAdministrator(trx)
      : findOperatorByEmail(trx, email))
    if (!operator) refuse()
    if (!(await useLink(trx, token, { now, expiresAt: new Date(expiresAt) }))) refuse()
    return openSession(env, trx, operator.id, 'link')
  })
}
