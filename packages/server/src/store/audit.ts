/** The append-only record of who did what. Written in the transaction of the act it records. */
import type { RawBuilder } from 'kysely'
import type { Transaction } from './database.js'
import { insertInto } from './records.js'

export interface AuditEntry {
  at: Date
  /** `token:<id>`, `account:<id>` or `gateway`. */
  actor: string
  /** Verb and object, such as `application.accept`. */
  action: string
  /** Id of what was acted on. */
  subject: string
  /** No personal data and no secrets: ids, states, counts, reasons. */
  detail?: Record<string, unknown>
}

export const toAuditRow = ({ detail, ...entry }: AuditEntry) => ({
  ...entry,
  detail: JSON.stringify(detail ?? {}),
})

const insertRows = insertInto('audit_log', {
  at: 'timestamptz',
  actor: 'text',
  action: 'text',
  subject: 'text',
  detail: 'jsonb',
})

/** For a statement that does more besides. */
export const insertEntries = (entries: readonly AuditEntry[]): RawBuilder<unknown> =>
  insertRows(entries.map(toAuditRow))

export async function appendAudit(trx: Transaction, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length > 0) await insertEntries(entries).execute(trx)
}
