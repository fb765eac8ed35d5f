/** What became of names and keys before, as the check of new applications asks for it; one statement for all of them. */
import { sql } from 'kysely'
import { endedWithoutCertificate } from '../issuance/states.js'
import type { Database, Transaction } from './database.js'

export interface History {
  /** Serial of the newest certificate of a CN, whatever became of it (docs/upki-tsv.md, "Issue or renew"). */
  newest: Map<string, { serial: string }>
  /**
   * Hashes of keys that a live application holds, or that the service took, whatever became of them then.
   * A file that it refused was not taken.
   */
  keys: Set<string>
}

interface Fact {
  /** A CN, with the serial, or the hash of a key. */
  about: string
  serial: string | null
}

export async function findHistory(
  db: Database | Transaction,
  organisation: string,
  { names, keys }: { names: readonly string[]; keys: readonly string[] },
): Promise<History> {
  if (names.length + keys.length === 0) return { newest: new Map(), keys: new Set() }
  const { rows } = await sql<Fact>`
    select common_name as about, serial from (
      select distinct on (common_name) common_name, serial from certificates
      where organisation = ${organisation} and category = 'server' and common_name = any(${names}::text[])
      order by common_name, not_before desc) as newest
    union all
    select spki_sha256, null from applications left join batches on batches.id = applications.batch_id
    where spki_sha256 = any(${keys}::text[])
      and (applications.state <> all(${endedWithoutCertificate}::text[]) or batches.state in ('submitted', 'done'))
    union all
    select spki_sha256, null from certificates where spki_sha256 = any(${keys}::text[])`.execute(db)
  return {
    newest: new Map(rows.flatMap(({ about, serial }) => (serial === null ? [] : [[about, { serial }]]))),
    keys: new Set(rows.flatMap(({ about, serial }) => (serial === null ? about : []))),
  }
}
