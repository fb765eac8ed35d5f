/** Computes the chain again and says where it parts from what is stored. Source: docs/decisions/audit-chain.md. */
import { countUnsealed, findLink, type Linked, listLinks } from '../store/audit-chain.js'
import type { Database } from '../store/database.js'
import { GENESIS, hashEntry } from './hash-entry.js'

/** A head of the chain that was noted elsewhere earlier. */
export interface NotedHead {
  position: string
  /** Hexadecimal. */
  hash: string
}

export type ChainFault =
  /** Links are missing before this one. */
  | 'gap'
  /** The entry of this link is gone. */
  | 'entry-gone'
  /** The entry, or one before it, is not what was sealed. */
  | 'changed'
  /** The chain is not the one that was noted. */
  | 'not-as-noted'

export interface Verification {
  intact: boolean
  /** How many links were computed again. */
  checked: number
  head: NotedHead | null
  /** Written and not sealed yet: normally none that is older than a few seconds. */
  unsealed: number
  fault: { position: string; seq: string | null; fault: ChainFault } | null
}

const LINKS_AT_ONCE = 5_000

interface State {
  position: bigint
  hash: Buffer
}

function faultOf(state: State, link: Linked): ChainFault | undefined {
  if (BigInt(link.position) !== state.position + 1n) return 'gap'
  if (link.seq === null) return 'entry-gone'
  if (!hashEntry(state.hash, { ...link, seq: link.seq }).equals(link.hash)) return 'changed'
  return undefined
}

/** Where a look that does not begin with the first entry begins: the link before is taken as it stands. */
async function startOf(db: Database, after: bigint): Promise<State> {
  const link = after > 0n ? await findLink(db, after.toString()) : undefined
  return link ? { position: after, hash: link.hash } : { position: 0n, hash: GENESIS }
}

async function findUnnoted(db: Database, noted: readonly NotedHead[]): Promise<Verification['fault']> {
  for (const { position, hash } of noted) {
    const link = await findLink(db, position)
    if (link?.hash.toString('hex') !== hash.toLowerCase())
      return { position, seq: null, fault: 'not-as-noted' }
  }
  return null
}

/** @param after position of the link before the first that is computed again */
export async function verifyAudit(
  db: Database,
  { noted = [], after = 0n }: { noted?: readonly NotedHead[]; after?: bigint } = {},
): Promise<Verification> {
  const state = await startOf(db, after)
  let checked = 0
  let fault: Verification['fault'] = null
  for (let more = true; more && !fault;) {
    const links = await listLinks(db, state.position.toString(), LINKS_AT_ONCE)
    for (const link of links) {
      const found = faultOf(state, link)
      if (found) fault = { position: link.position, seq: link.link_seq, fault: found }
      if (found) break
      state.position = BigInt(link.position)
      state.hash = link.hash
      checked += 1
    }
    more = links.length === LINKS_AT_ONCE
  }
  fault ??= await findUnnoted(db, noted)
  const head =
    state.position > 0n ? { position: state.position.toString(), hash: state.hash.toString('hex') } : null
  return { intact: fault === null, checked, head, unsealed: await countUnsealed(db), fault }
}
