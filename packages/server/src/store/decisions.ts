/** What operators decided about an application, each with his reason. */
import { sql } from 'kysely'
import type { Role } from '../policy/scopes.js'
import type { Database, Transaction } from './database.js'
import type { DecisionRow } from './tables.js'

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
 * How many approve who could do so still: the word of an operator who was disabled or has lost the office since, or of a
 * token that was revoked, is not relied on.
 * @param roles those that may approve
 */
export async function countApprovers(
  trx: Transaction,
  applicationId: string,
  roles: readonly Role[],
): Promise<number> {
  const { rows } = await sql<{
    count: number
  }>`select count(*)::int as count from application_decisions as decided
    where application_id = ${applicationId} and decision = 'approve' and (
      exists (select 1 from operators where decided.actor = 'operator:' || operators.id
        and disabled_at is null and role = any(${roles}::text[]))
      or exists (select 1 from tokens where decided.actor = 'token:' || tokens.id and revoked_at is null))`.execute(
    trx,
  )
  return rows[0]?.count ?? 0
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
