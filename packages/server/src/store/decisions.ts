/** What operators decided about an application, each with his reason. */
import { sql } from 'kysely'
import type { Role } from '../policy/scopes.js'
import type { Database, Transaction } from './database.js'
import type { DecisionRow } from './tables.js'

/** Those who approve, and how far at most. */
export interface Approvals {
  approvers: number
  /** Whether one of them approves this application alone. */
  isOnce: boolean
  /** The earliest end that one of them gave. */
  until: Date | null
}

/** @returns false when the same one decided the same before */
export async function insertDecision(trx: Transaction, row: DecisionRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('application_decisions')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/**
 * Those who approve and could do so still: the word of an operator who was disabled or has lost the office since, or of a
 * token that was revoked, is not relied on.
 * @param roles those that may approve
 */
export async function readApprovals(
  trx: Transaction,
  applicationId: string,
  roles: readonly Role[],
): Promise<Approvals> {
  const { rows } =
    await sql<Approvals>`select count(*)::int as approvers, coalesce(bool_or(once), false) as "isOnce",
    min(until) as until from application_decisions as decided
    where application_id = ${applicationId} and decision = 'approve' and (
      exists (select 1 from operators where decided.actor = 'operator:' || operators.id
        and disabled_at is null and role = any(${roles}::text[]))
      or exists (select 1 from tokens where decided.actor = 'token:' || tokens.id and revoked_at is null))`.execute(
      trx,
    )
  return rows[0] ?? { approvers: 0, isOnce: false, until: null }
}

export type DecisionView = DecisionRow & { display_name: string | null }

/** Oldest first. */
export const listDecisions = (db: Database, applicationId: string): Promise<DecisionView[]> =>
  db
    .selectFrom('application_decisions')
    .leftJoin('operators', (join) =>
      join.on(sql<boolean>`application_decisions.actor = 'operator:' || operators.id`),
    )
    .selectAll('application_decisions')
    .select('operators.display_name')
    .where('application_id', '=', applicationId)
    .orderBy('decided_at')
    .execute()
