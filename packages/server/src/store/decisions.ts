/** What operators decided about an application, each with his reason. */
import { sql } from 'kysely'
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

export async function countApprovers(trx: Transaction, applicationId: string): Promise<number> {
  const rows = await trx
    .selectFrom('application_decisions')
    .select('actor')
    .where('application_id', '=', applicationId)
    .where('decision', '=', 'approve')
    .execute()
  return rows.length
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
