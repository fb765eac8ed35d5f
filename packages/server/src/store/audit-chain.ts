/** The chain beside the audit log: one link for each entry, in the order in which entries were sealed. */
import { sql } from 'kysely'
import type { AuditContent } from '../audit/hash-entry.js'
import type { Database, Transaction } from './database.js'

const lock = sql`hashtextextended('audit-chain', 0)`

/** @returns false while another process seals */
export async function tryLockChain(trx: Transaction): Promise<boolean> {
  const { rows } = await sql<{
    locked: boolean
  }>`select pg_try_advisory_xact_lock(${lock}) as locked`.execute(trx)
  return rows[0]?.locked === true
}

export async function lockChain(trx: Transaction): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${lock})`.execute(trx)
  return true
}

export interface ChainHead {
  /** From 1; 0 before the first. */
  position: string
  hash: Buffer
}

export const findHead = (db: Database | Transaction): Promise<ChainHead | undefined> =>
  db
    .selectFrom('audit_chain')
    .select(['position', 'hash'])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()

/** The highest seq that is sealed, less `lookBack`. */
export async function findFloor(db: Transaction, lookBack: number): Promise<string> {
  const { rows } = await sql<{
    floor: string
  }>`select greatest(coalesce(max(seq), 0) - ${lookBack}, 0)::text as floor from audit_chain`.execute(db)
  return rows[0]?.floor ?? '0'
}

export interface Unsealed extends AuditContent {
  organisation: string | null
}

/**
 * Whose an entry is: its actor's organisation, else that of what it is about. Found while it is sealed, so that
 * whoever writes an entry does not pay for it.
 */
const organisationOf = sql<string | null>`coalesce(
  case split_part(log.actor, ':', 1)
    when 'operator' then (select organisation from operators where id = split_part(log.actor, ':', 2))
    when 'token' then (select organisation from tokens where id = split_part(log.actor, ':', 2))
    when 'account' then (select organisation from acme_accounts where id = split_part(log.actor, ':', 2))
  end,
  (select organisation from applications where id = log.subject),
  (select organisation from batches where id = log.subject),
  (select organisation from acme_orders where id = log.subject),
  (select account.organisation from acme_authorizations az join acme_accounts account on account.id = az.account_id
    where az.id = log.subject),
  (select organisation from eab_credentials where kid = log.subject),
  (select organisation from tokens where id = log.subject),
  (select organisation from operators where id = log.subject),
  log.detail->>'organisation',
  (select min(organisation) from certificates where serial = log.subject having count(*) = 1))`

/** Committed entries above the floor that have no link yet, in the order of their numbers. */
export async function listUnsealed(trx: Transaction, floor: string, limit: number): Promise<Unsealed[]> {
  const { rows } = await sql<Unsealed>`
    select log.seq, log.at, log.actor, log.action, log.subject, log.detail, ${organisationOf} as organisation
    from audit_log log
    where log.seq > ${floor}::bigint and not exists (select 1 from audit_chain c where c.seq = log.seq)
    order by log.seq limit ${limit}`.execute(trx)
  return rows
}

export interface Link {
  position: bigint
  seq: string
  organisation: string | null
  hash: Buffer
}

export async function insertLinks(trx: Transaction, links: readonly Link[], now: Date): Promise<void> {
  if (links.length === 0) return
  await trx
    .insertInto('audit_chain')
    .values(links.map((link) => ({ ...link, position: link.position.toString(), sealed_at: now })))
    .execute()
}

/** A link with the entry that it seals; its `seq` is null when the entry is gone. */
export interface Linked extends Omit<AuditContent, 'seq'> {
  seq: string | null
  position: string
  link_seq: string
  hash: Buffer
  organisation: string | null
}

/** In the order of the chain. */
export async function listLinks(db: Database, after: string, limit: number): Promise<Linked[]> {
  const { rows } = await sql<Linked>`
    select c.position, c.seq as link_seq, c.hash, c.organisation,
      log.seq, log.at, log.actor, log.action, log.subject, log.detail
    from audit_chain c left join audit_log log on log.seq = c.seq
    where c.position > ${after}::bigint order by c.position limit ${limit}`.execute(db)
  return rows
}

export const findLink = (db: Database, position: string): Promise<{ hash: Buffer } | undefined> =>
  db.selectFrom('audit_chain').select('hash').where('position', '=', position).executeTakeFirst()

/** Entries that were written and are not sealed yet; a look at everything. */
export async function countUnsealed(db: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from audit_log log
    where not exists (select 1 from audit_chain c where c.seq = log.seq)`.execute(db)
  return rows[0]?.count ?? 0
}
