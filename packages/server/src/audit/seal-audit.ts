/**
 * Links committed audit entries into the hash chain, in the background.
 *
 * Whoever writes an entry only inserts it, in the transaction of the act, with no lock that another one waits for.
 * Numbers are given before the commit, so an entry can become visible after one with a higher number was sealed:
 * the chain has an order of its own, and each look goes back over the last numbers; once an hour over all.
 * Source: docs/decisions/audit-chain.md.
 */
import type { Environment } from '../issuance/ports/environment.js'
import {
  findFloor,
  findHead,
  insertLinks,
  type Link,
  listUnsealed,
  lockChain,
  tryLockChain,
  type Unsealed,
} from '../store/audit-chain.js'
import type { Database, Transaction } from '../store/database.js'
import { GENESIS, hashEntry } from './hash-entry.js'

/** Numbers that a transaction may stay behind the others and still be found by the next look. */
const LOOK_BACK = 10_000
/** Of one transaction of the sealer: five parameters each stay far below PostgreSQL's 65,535. */
const LINKS_AT_ONCE = 1_000

function linksOf(head: { position: string; hash: Buffer }, entries: readonly Unsealed[]): Link[] {
  let { hash } = head
  let position = BigInt(head.position)
  return entries.map((entry) => {
    hash = hashEntry(hash, entry)
    position += 1n
    return { position, seq: entry.seq, organisation: entry.organisation, hash }
  })
}

export interface Look {
  /** Looks at every entry, not only at the last ones. */
  all?: boolean
  /** Waits for another process that seals, so that what is committed now is sealed afterwards. */
  wait?: boolean
}

async function sealSome(trx: Transaction, { all, wait }: Look, now: Date): Promise<number> {
  if (!(await (wait ? lockChain(trx) : tryLockChain(trx)))) return 0
  const floor = all ? '0' : await findFloor(trx, LOOK_BACK)
  const entries = await listUnsealed(trx, floor, LINKS_AT_ONCE)
  if (entries.length === 0) return 0
  const head = (await findHead(trx)) ?? { position: '0', hash: GENESIS }
  await insertLinks(trx, linksOf(head, entries), now)
  return entries.length
}

/** @returns how many were sealed */
export async function sealAudit(
  { db, now }: { db: Database; now: () => Date },
  look: Look = {},
): Promise<number> {
  let total = 0
  for (;;) {
    const sealed = await db.transaction().execute((trx) => sealSome(trx, look, now()))
    total += sealed
    if (sealed < LINKS_AT_ONCE) return total
  }
}

const EVERY_MS = 5_000
const ALL_EVERY_MS = 3_600_000

/** The head of the chain in the log, once an hour: kept elsewhere, it shows a chain that was made anew. */
async function noteHead(env: Environment): Promise<void> {
  const head = await findHead(env.db)
  if (head) env.log.info({ position: head.position, hash: head.hash.toString('hex') }, 'audit log sealed')
}

/** @returns what stops it, once a running look has ended */
export function sealRegularly(env: Environment): () => Promise<void> {
  let lastAll = 0
  let running: Promise<unknown> | undefined
  const look = async () => {
    const all = Date.now() - lastAll >= ALL_EVERY_MS
    await sealAudit(env, { all })
    if (!all) return
    lastAll = Date.now()
    await noteHead(env)
  }
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => env.log.error({ error }, 'the audit log was not sealed'))
      .finally(() => (running = undefined))
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    await running
  }
}
