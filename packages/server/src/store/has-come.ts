import { type RawBuilder, sql } from 'kysely'

/**
 * Whether the time in a column has come. One further off than anything is ever put off by was written by a clock that was
 * ahead: no reason to wait until then.
 * @param longestMs by how much such a time is put off at most
 */
export const hasCome = (column: string, now: Date, longestMs: number): RawBuilder<boolean> =>
  sql`(${sql.ref(column)} <= ${now} or ${sql.ref(column)} > ${new Date(now.getTime() + 2 * longestMs)})`
