/** EAB credentials of the service's own ACME, from their entry by an operator until the subscriber takes them. */
import type { Selectable } from 'kysely'
import type { Database, Transaction } from './database.js'
import type { UpstreamEabTable } from './upstream-eab-table.js'

export type UpstreamEabRow = Selectable<UpstreamEabTable>

export const upstreamEabLabel = (applicationId: string): string => `upstream-eab:${applicationId}`

export const findUpstreamEab = (
  db: Database | Transaction,
  applicationId: string,
): Promise<UpstreamEabRow | undefined> =>
  db.selectFrom('upstream_eab').selectAll().where('application_id', '=', applicationId).executeTakeFirst()

/** Takes the place of one entered before: its link leads nowhere then. */
export async function putUpstreamEab(
  trx: Transaction,
  row: Omit<UpstreamEabRow, 'taken_at'>,
): Promise<UpstreamEabRow> {
  const { application_id: _, ...changes } = row
  return trx
    .insertInto('upstream_eab')
    .values({ ...row, taken_at: null })
    .onConflict((conflict) => conflict.column('application_id').doUpdateSet({ ...changes, taken_at: null }))
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The one that a link leads to, locked: of two who take it at once, one waits and finds it taken. */
export const lockByLink = (trx: Transaction, sha256: Buffer): Promise<UpstreamEabRow | undefined> =>
  trx.selectFrom('upstream_eab').selectAll().where('link_sha256', '=', sha256).forUpdate().executeTakeFirst()

/** The key is erased: whoever took it has it. */
export async function markTaken(trx: Transaction, applicationId: string, now: Date): Promise<void> {
  await trx
    .updateTable('upstream_eab')
    .set({ taken_at: now, sealed_key: null })
    .where('application_id', '=', applicationId)
    .execute()
}
