/** The CAs of what is valid, and how much of it hangs on each. */
import { sql } from 'kysely'
import type { Database } from './database.js'

export interface IssuerRow {
  /** Null where the gateway was never given the certificate itself. */
  issuer_dn: string | null
  valid: number
  first_ends_at: Date
  last_ends_at: Date
  /** Of its newest certificate that came with one; the CA's own certificate first. */
  chain_pem: string | null
}

/** Who issued most comes first. */
export async function listIssuers(
  db: Database,
  { organisation, now }: { organisation: string; now: Date },
): Promise<IssuerRow[]> {
  const { rows } = await sql<IssuerRow>`
    select counted.issuer_dn, counted.valid, counted.first_ends_at, counted.last_ends_at, newest.chain_pem
    from (
      select issuer_dn, count(*)::int as valid, min(not_after) as first_ends_at, max(not_after) as last_ends_at,
        (array_agg(serial order by not_before desc) filter (where chain_pem <> ''))[1] as newest
      from certificates
      where organisation = ${organisation} and status = 'valid' and not_after > ${now}
      group by issuer_dn
    ) as counted left join certificates as newest on newest.serial = counted.newest
      and newest.organisation = ${organisation}
    order by counted.valid desc, counted.issuer_dn`.execute(db)
  return rows
}
