/**
 * EAB credentials by application: the service answers an `acme-create` application with a credential for its own
 * ACME, which an operator enters and the subscriber alone takes, by a link that works once.
 *
 * The service shows these applications in no report, so the entry of the credential ends them.
 * Source: docs/issuance-cycle.md, "EAB by application".
 */
import { randomBytes } from 'node:crypto'
import { ProblemError } from '../problem/problem-error.js'
import { lockApplication } from '../store/applications.js'
import { storeOutcomes } from '../store/outcomes.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { hashToken } from '../store/tokens.js'
import {
  findUpstreamEab,
  lockByLink,
  markTaken,
  putUpstreamEab,
  type UpstreamEabRow,
  upstreamEabLabel,
} from '../store/upstream-eab.js'
import type { Environment } from './ports/environment.js'

const LINK_BYTES = 32
const DAY_MS = 86_400_000

const answered: readonly string[] = ['acme-create', 'acme-renew']

export interface GivenEab {
  keyId: string
  /** Base64url. */
  hmacKey: string
  directoryUrl?: string
  /** How long the link works. */
  linkDays: number
  /** The word of the operator that one which was taken already is to be replaced. */
  again: boolean
}

const conflict = (en: string, ja: string): ProblemError => new ProblemError('conflict', en, { ja })

/** @throws ProblemError conflict when the service cannot have answered this application with a credential */
function checkAnswered({ kind, state }: ApplicationRow): void {
  if (!answered.includes(kind))
    throw conflict(
      `An application of kind ${kind} is not answered with an EAB credential`,
      `種別 ${kind} の申請に EAB は発行されません。`,
    )
  if (!['submitted', 'held', 'issued'].includes(state))
    throw conflict(
      `The application is ${state}; the service answers only what was submitted to it`,
      `この申請は「${state}」の状態です。EAB を登録できるのは提出済みの申請だけです。`,
    )
}

async function checkNotTaken(trx: Transaction, { id }: ApplicationRow, again: boolean): Promise<void> {
  if (again || !(await findUpstreamEab(trx, id))?.taken_at) return
  throw conflict(
    'The credential was taken already; say again: true if the subscriber needs another',
    'EAB はすでに受け取られています。渡し直す場合は again: true を指定してください。',
  )
}

/**
 * Seals the credential and ends the application. Entering it once more, while it was not taken, makes a new link.
 * @returns the token of the link, which is kept nowhere
 * @throws ProblemError conflict
 */
export async function giveUpstreamEab(
  env: Environment,
  application: ApplicationRow,
  given: GivenEab & { actor: string },
): Promise<{ row: UpstreamEabRow; token: string }> {
  const now = env.now()
  const token = randomBytes(LINK_BYTES).toString('base64url')
  const { id, organisation } = application
  const wasIssued = application.state === 'issued'
  const made = await env.db.transaction().execute(async (trx) => {
    const locked = await lockApplication(trx, id)
    checkAnswered(locked)
    await checkNotTaken(trx, locked, given.again)
    const row = await putUpstreamEab(trx, {
      ...{ application_id: id, organisation, key_id: given.keyId, given_by: given.actor, given_at: now },
      sealed_key: env.vault.seal(Buffer.from(given.hmacKey, 'base64url'), upstreamEabLabel(id)),
      directory_url: given.directoryUrl ?? null,
      link_sha256: hashToken(token),
      link_expires_at: new Date(now.getTime() + given.linkDays * DAY_MS),
    })
    if (locked.state !== 'issued')
      await storeOutcomes(trx, { changes: [{ id, from: locked.state, to: 'issued' }], now })
    const detail = { keyId: given.keyId }
    await appendAudit(trx, [
      { at: now, actor: given.actor, action: 'upstream-eab.give', subject: id, detail },
    ])
    return { row, token }
  })
  if (!wasIssued)
    env.observe.issued({ kind: application.kind, acceptedAt: application.created_at, issuedAt: now })
  return made
}

const leadsNowhere = (): ProblemError =>
  new ProblemError(
    'notFound',
    'The link is not valid, was used or has expired; ask the operator for another',
    {
      ja: 'リンクが無効か、使用済みか、期限切れです。登録担当者に新しいリンクを依頼してください。',
    },
  )

export interface TakenEab {
  kid: string
  /** Base64url. */
  hmacKey: string
  directoryUrl: string | null
}

/** @throws ProblemError notFound for a link that is unknown, was used, or has expired: which, is nobody's to know */
export async function takeUpstreamEab(env: Environment, token: string): Promise<TakenEab> {
  const now = env.now()
  return env.db.transaction().execute(async (trx) => {
    const row = await lockByLink(trx, hashToken(token))
    if (!row?.sealed_key || row.link_expires_at <= now) throw leadsNowhere()
    await markTaken(trx, row.application_id, now)
    const record = { at: now, actor: 'link', action: 'upstream-eab.take', subject: row.application_id }
    await appendAudit(trx, [record])
    const hmacKey = env.vault.open(row.sealed_key, upstreamEabLabel(row.application_id)).toString('base64url')
    return { kid: row.key_id, hmacKey, directoryUrl: row.directory_url }
  })
}
