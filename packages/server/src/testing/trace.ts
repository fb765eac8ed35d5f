/** What a refused request must leave as it is: how many rows there are of everything, and how they stand. */
import { sql } from 'kysely'
import type { TestGateway } from './gateway.js'

const tables = [
  'acme_accounts',
  'acme_orders',
  'acme_authorizations',
  'acme_challenges',
  'applications',
  'certificates',
  'approvals',
  'eab_credentials',
] as const

/** A digest of each table. The set of used nonces is left out: a refused request uses up its nonce. */
export async function traceOf({ env }: TestGateway): Promise<Record<string, string>> {
  const digests = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{ digest: string }>`select count(*) || ' ' ||
        coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${sql.table(table)} t`.execute(
        env.db,
      )
      return [table, rows[0]?.digest ?? ''] as const
    }),
  )
  return Object.fromEntries(digests)
}
