/** A database of the PostgreSQL that UPKI_TEST_DATABASE_URL names, for each data directory one of its own. */
import { createHash } from 'node:crypto'
import pg from 'pg'

const server = process.env.UPKI_TEST_DATABASE_URL

/** Names what belongs to a data directory on a server that others use too. */
export const nameOf = (directory: string): string =>
  `upki_${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`

async function withAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** Environment that puts the gateway of this directory on it; empty where there is no such server. */
export async function ownDatabase(directory: string): Promise<Record<string, string>> {
  if (server === undefined) return {}
  const name = nameOf(directory)
  await withAdmin(async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
  })
  const url = new URL(server)
  url.pathname = `/${name}`
  return { UPKI_DATABASE_URL: url.href }
}
