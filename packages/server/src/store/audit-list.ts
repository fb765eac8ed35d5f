/** Sealed audit entries as people look for them. */
import { sql } from 'kysely'
import type { Database } from './database.js'

export interface AuditRow {
  seq: string
  at: Date
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
  position: string
  hash: Buffer
}

export interface AuditFilter {
  organisation: string
  /** Also entries that are nobody's: what the gateway does for all. */
  withCommon: boolean
  actor?: string
  /** An action, or `application.` for all that begin so. */
  action?: string
  subject?: string
  from?: Date
  to?: Date
  /** `seq` of the last entry of the page before. */
  after?: string
  limit: number
}

/** Newest first. */
export function listAudit(db: Database, filter: AuditFilter): Promise<AuditRow[]> {
  let query = db
    .selectFrom('audit_chain')
    .innerJoin('audit_log', 'audit_log.seq', 'audit_chain.seq')
    .selectAll('audit_log')
    .select(['audit_chain.position', 'audit_chain.hash'])
    .where((eb) =>
      filter.withCommon
        ? eb.or([
            eb('audit_chain.organisation', '=', filter.organisation),
            eb('audit_chain.organisation', 'is', null),
          ])
        : eb('audit_chain.organisation', '=', filter.organisation),
    )
  if (filter.actor) query = query.where('actor', '=', filter.actor)
  if (filter.subject) query = query.where('subject', '=', filter.subject)
  if (filter.action?.endsWith('.')) query = query.where(sql<boolean>`starts_with(action, ${filter.action})`)
  else if (filter.action) query = query.where('action', '=', filter.action)
  if (filter.from) query = query.where('at', '>=', filter.from)
  if (filter.to) query = query.where('at', '<', filter.to)
  if (filter.after) query = query.where('audit_chain.seq', '<', filter.after)
  return query.orderBy('audit_chain.seq', 'desc').limit(filter.limit).execute() as Promise<AuditRow[]>
}
