/**
 * Takes over what a report says of applications, many in one transaction: with each of them its certificate,
 * what that replaces or what was revoked, and its entry in the audit log.
 * Source: docs/issuance-cycle.md, step 9.
 */
import { type StateChange, type InFlightRow, moveApplications } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { insertIssued, markReplaced, markRevoked } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { NewCertificateRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'
import type { ApplicationState, Failure } from './states.js'

export interface Move {
  row: InFlightRow
  to: ApplicationState
  failure?: Failure
  certificate?: NewCertificateRow
  revoked?: { serial: string; reason: string | null }
}

/** As many as two full files: one commit for them, and the rows are not locked for long. */
const AT_ONCE = 200

const changeOf = ({ row, to, failure, certificate }: Move): StateChange => ({
  id: row.id,
  from: row.state,
  to,
  failure: failure && JSON.stringify(failure),
  certificateSerial: certificate?.serial,
})

/**
 * Moves on only from the state that was read, so that reading the same report twice changes nothing.
 * @returns those that were moved
 */
async function apply(trx: Transaction, moves: readonly Move[], now: Date): Promise<readonly Move[]> {
  const moved = await moveApplications(trx, moves.map(changeOf), now)
  const mine = moves.filter(({ row }) => moved.has(row.id))
  await insertIssued(
    trx,
    mine.flatMap(({ certificate }) => certificate ?? []),
  )
  for (const { certificate, revoked } of mine) {
    if (certificate?.replaces_serial) await markReplaced(trx, certificate.replaces_serial, now)
    if (revoked) await markRevoked(trx, revoked.serial, { now, reason: revoked.reason })
  }
  const entries = mine.map(({ row, to, certificate, revoked }) => ({
    at: now,
    actor: 'gateway',
    action: `application.${to}`,
    subject: row.id,
    detail: { serial: certificate?.serial ?? revoked?.serial },
  }))
  await appendAudit(trx, entries)
  return mine
}

/** The end of the trace that began with its request; linked with the report that told of it. */
function traceEnd({ trace }: Environment, { row, to }: Move): void {
  if (!row.traceparent) return
  const facts = { 'upki.application': row.id, 'upki.state': to }
  trace.start('complete', { from: [row.traceparent], links: [trace.current()], facts }).end()
}

function observe(env: Environment, moved: readonly Move[]): void {
  for (const move of moved) traceEnd(env, move)
  for (const { row, to } of moved)
    if (to === 'issued')
      env.observe.issued({ kind: row.kind, acceptedAt: row.created_at, issuedAt: env.now() })
}

/** A row that cannot be moved must not keep the others waiting: then each goes alone. */
async function applyTogether(env: Environment, moves: readonly Move[]): Promise<void> {
  const run = (some: readonly Move[]) => env.db.transaction().execute((trx) => apply(trx, some, env.now()))
  const [first] = moves
  try {
    observe(env, await run(moves))
  } catch (error) {
    if (moves.length > 1) for (const move of moves) await applyTogether(env, [move])
    else env.log.error({ application: first?.row.id, err: error }, 'a result could not be taken over')
  }
}

export async function applyMoves(env: Environment, moves: readonly Move[]): Promise<void> {
  for (let start = 0; start < moves.length; start += AT_ONCE)
    await applyTogether(env, moves.slice(start, start + AT_ONCE))
  // Another application for one of these CNs may have waited for the outcome.
  if (moves.some(({ to }) => to !== 'held')) env.ring('assemble')
}
