/**
 * Takes over what a report says of applications, many in one transaction: with each of them its certificate,
 * what that replaces or what was revoked, and its entry in the audit log.
 * Source: docs/issuance-cycle.md, step 9.
 */
import type { InFlightRow } from '../store/applications.js'
import type { AuditEntry } from '../store/audit.js'
import { type IssuedCertificate, markReplaced, markRevoked } from '../store/certificates.js'
import type { Database, Transaction } from '../store/database.js'
import { type StateChange, storeOutcomes } from '../store/outcomes.js'
import type { Environment } from './ports/environment.js'
import type { ApplicationState, Failure } from './states.js'

export interface Move {
  row: InFlightRow
  to: ApplicationState
  failure?: Failure
  certificate?: IssuedCertificate
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

const entryOf = ({ row, to, certificate, revoked }: Move, at: Date): AuditEntry => ({
  at,
  actor: 'gateway',
  action: `application.${to}`,
  subject: row.id,
  detail: { serial: certificate?.serial ?? revoked?.serial },
})

/**
 * Moves on only from the state that was read, so that reading the same report twice changes nothing.
 * @returns those that were moved
 */
async function store(
  db: Database | Transaction,
  moves: readonly Move[],
  now: Date,
): Promise<readonly Move[]> {
  const moved = await storeOutcomes(db, {
    changes: moves.map(changeOf),
    certificates: moves.flatMap(({ certificate }) => certificate ?? []),
    entries: moves.map((move) => entryOf(move, now)),
    now,
  })
  return moves.filter(({ row }) => moved.has(row.id))
}

/** What it means for certificates that were there before. */
async function markOthers(trx: Transaction, moved: readonly Move[], now: Date): Promise<void> {
  for (const { row, certificate, revoked } of moved) {
    const { organisation } = row
    if (certificate?.replaces_serial)
      await markReplaced(trx, { organisation, serial: certificate.replaces_serial }, now)
    if (revoked)
      await markRevoked(trx, { organisation, serial: revoked.serial }, { now, reason: revoked.reason })
  }
}

const concernsOthers = ({ certificate, revoked }: Move): boolean =>
  Boolean(certificate?.replaces_serial) || revoked !== undefined

function apply({ db, now }: Environment, moves: readonly Move[]): Promise<readonly Move[]> {
  if (!moves.some(concernsOthers)) return store(db, moves, now())
  return db.transaction().execute((trx) => applyIn(trx, moves, now()))
}

async function applyIn(trx: Transaction, moves: readonly Move[], now: Date): Promise<readonly Move[]> {
  const moved = await store(trx, moves, now)
  await markOthers(trx, moved, now)
  return moved
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
  const [first] = moves
  try {
    observe(env, await apply(env, moves))
  } catch (error) {
    if (moves.length > 1) for (const move of moves) await applyTogether(env, [move])
    else env.log.error({ application: first?.row.id, err: error }, 'a result could not be taken over')
  }
}

/** In a transaction of the caller's. @returns how many were moved */
export async function applyMovesIn(
  env: Environment,
  trx: Transaction,
  moves: readonly Move[],
): Promise<number> {
  if (moves.length === 0) return 0
  const moved = await applyIn(trx, moves, env.now())
  observe(env, moved)
  return moved.length
}

export async function applyMoves(env: Environment, moves: readonly Move[]): Promise<void> {
  for (let start = 0; start < moves.length; start += AT_ONCE)
    await applyTogether(env, moves.slice(start, start + AT_ONCE))
  // Another application for one of these CNs may have waited for the outcome.
  if (moves.some(({ to }) => to !== 'held')) env.ring('assemble')
}
