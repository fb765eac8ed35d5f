/** What became of names and keys before, as the check of new applications asks for it; one statement for all of them. */
import { sql } from 'kysely'
import { endedWithoutCertificate } from '../issuance/states.js'
import type { Database, Transaction } from './database.js'
import { together } from './together.js'

export interface History {
  /** Serial of the newest certificate of a CN, whatever became of it (docs/upki-tsv.md, "Issue or renew"). */
  newest: Map<string, { serial: string }>
  /**
   * Hashes of keys that a live application holds, or that the service took, whatever became of them then.
   * A file that it refused was not taken.
   */
  keys: Set<string>
}

export interface HistoryOf {
  organisation: string
  names: readonly string[]
  keys: readonly string[]
}

interface Fact {
  /** Null for a key. */
  organisation: string | null
  /** A CN, with the serial, or the hash of a key. */
  about: string
  serial: string | null
}

// One look into an index for each name and key, and no `exists`, for which PostgreSQL would read a small table whole each time. The
// arrays stand in a `select` so that it keeps the plan: seeing how many values they hold, it would plan each time anew, which
// takes longer than the looks.
const listFacts = async (
  db: Database | Transaction,
  wanted: readonly { organisation: string; name: string }[],
  keys: readonly string[],
): Promise<Fact[]> =>
  (
    await sql<Fact>`
      select wanted.organisation, wanted.name as about, newest.serial
      from unnest((select ${wanted.map(({ organisation }) => organisation)}::text[]),
        (select ${wanted.map(({ name }) => name)}::text[])) as wanted (organisation, name)
      cross join lateral (
        select serial from certificates
        where organisation = wanted.organisation and common_name = wanted.name and category = 'server'
        order by not_before desc limit 1) as newest
      union all
      select null, key, null from unnest((select ${keys}::text[])) as key
      where coalesce((select true from certificates where spki_sha256 = key limit 1), (
          select true from applications where spki_sha256 = key
          and (state <> all(${endedWithoutCertificate}::text[])
            or (select batches.state in ('submitted', 'done') from batches where id = batch_id)) limit 1))`.execute(
      db,
    )
  ).rows

const historyFrom = (facts: readonly Fact[], organisation: string): History => ({
  newest: new Map(
    facts.flatMap(({ organisation: own, about, serial }) =>
      own === organisation && serial !== null ? [[about, { serial }]] : [],
    ),
  ),
  keys: new Set(facts.flatMap(({ about, serial }) => (serial === null ? about : []))),
})

export const findHistory = together<HistoryOf, History>(async (db, questions) => {
  const wanted = questions.flatMap(({ organisation, names }) => names.map((name) => ({ organisation, name })))
  const keys = questions.flatMap((question) => question.keys)
  const facts = wanted.length + keys.length === 0 ? [] : await listFacts(db, wanted, keys)
  const histories = new Map<string, History>()
  return questions.map(({ organisation }) => {
    const history = histories.get(organisation) ?? historyFrom(facts, organisation)
    histories.set(organisation, history)
    return history
  })
})
