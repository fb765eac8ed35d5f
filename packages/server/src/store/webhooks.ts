/** Webhooks of an organisation, and how they fare. */
import type { Database, Transaction } from './database.js'
import { hasCome } from './has-come.js'
import type { NewWebhookRow, WebhookRow } from './event-tables.js'

export const findWebhook = (db: Database | Transaction, id: string): Promise<WebhookRow | undefined> =>
  db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst()

/** Newest first. */
export function listWebhooks(
  db: Database,
  filter: { organisation: string; after?: string; limit: number },
): Promise<WebhookRow[]> {
  let query = db.selectFrom('webhooks').selectAll().where('organisation', '=', filter.organisation)
  if (filter.after) query = query.where('id', '<', filter.after)
  return query.orderBy('id', 'desc').limit(filter.limit).execute()
}

export async function countWebhooks(db: Database | Transaction, organisation: string): Promise<number> {
  const { count } = await db
    .selectFrom('webhooks')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('organisation', '=', organisation)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertWebhook(trx: Transaction, row: NewWebhookRow): Promise<void> {
  await trx.insertInto('webhooks').values(row).execute()
}

export type WebhookChange = Partial<Omit<WebhookRow, 'id' | 'organisation' | 'created_by' | 'created_at'>>

export async function updateWebhook(
  db: Database | Transaction,
  id: string,
  change: WebhookChange,
): Promise<void> {
  await db.updateTable('webhooks').set(change).where('id', '=', id).execute()
}

/**
 * What calls showed of it, unless somebody has changed it since they began: that was about another receiver.
 * @returns whether it was noted
 */
export async function noteOfWebhook(
  db: Database | Transaction,
  { id, updated_at: updatedAt }: Pick<WebhookRow, 'id' | 'updated_at'>,
  change: WebhookChange,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set(change)
    .where('id', '=', id)
    .where('updated_at', '=', updatedAt)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** With all that was to be delivered. */
export async function deleteWebhook(trx: Transaction, id: string): Promise<void> {
  await trx.deleteFrom('webhooks').where('id', '=', id).execute()
}

/** Secrets that sign nothing any more are not kept, not even sealed. */
export async function forgetOldSecrets(db: Database, now: Date): Promise<void> {
  await db
    .updateTable('webhooks')
    .set({ old_secret: null, old_secret_until: null })
    .where('old_secret_until', '<=', now)
    .execute()
}

/** Those that something is due for. */
export const listDueWebhooks = async (
  db: Database,
  { now, longestMs }: { now: Date; longestMs: number },
): Promise<string[]> => {
  const rows = await db
    .selectFrom('webhooks')
    .select('id')
    .where('disabled_at', 'is', null)
    .where((eb) => eb.or([eb('paused_until', 'is', null), hasCome('paused_until', now, longestMs)]))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('webhook_deliveries')
          .select('position')
          .whereRef('webhook_id', '=', 'webhooks.id')
          .where('state', '=', 'pending')
          .where(hasCome('due_at', now, longestMs)),
      ),
    )
    .execute()
  return rows.map(({ id }) => id)
}
