/** How many notices wait, by way; for metrics. Served by the partial indexes of what waits. */
import { sql } from 'kysely'
import type { Database } from './database.js'

export interface NoticeCount {
  way: 'event' | 'webhook' | 'mail'
  count: number
  oldestSeconds: number
}

/** Events that are not published yet, deliveries of webhooks that are enabled, mails. */
export async function countNotices(db: Database, now: Date): Promise<NoticeCount[]> {
  const { rows } = await sql<{ way: NoticeCount['way']; count: number; oldest: Date | null }>`
    select 'event' as way, count(*)::int as count, min(at) as oldest from events where position is null
    union all select 'webhook', count(*)::int, min(since) from webhook_deliveries
      join webhooks on webhooks.id = webhook_id where state = 'pending' and disabled_at is null
    union all select 'mail', count(*)::int, min(since) from mails where state = 'pending'`.execute(db)
  return rows.map(({ way, count, oldest }) => ({
    way,
    count,
    oldestSeconds: oldest ? (now.getTime() - oldest.getTime()) / 1000 : 0,
  }))
}
