/**
 * What cannot be undone when a clock was wrong, such as what is deleted by its age, waits until two clocks say that it
 * is time: that of this process, and the database's. With the embedded store both are one.
 */
import { sql } from 'kysely'
import type { Environment } from '../issuance/ports/environment.js'

/** Farther apart, somebody should look: TLS, tokens and times in notices are wrong on one of the machines. */
const TOLERATED_MS = 30_000

const readDatabaseClock = async ({ db }: Environment): Promise<Date> => {
  const row = await db.selectNoFrom(sql<Date>`clock_timestamp()`.as('at')).executeTakeFirstOrThrow()
  return row.at
}

export interface TwoClocks {
  earlier: Date
  later: Date
}

/** Both; a warning when they are far apart. */
export async function readClocks(env: Environment): Promise<TwoClocks> {
  const theirs = await readDatabaseClock(env)
  const ours = env.now()
  const aheadMs = ours.getTime() - theirs.getTime()
  if (Math.abs(aheadMs) > TOLERATED_MS)
    env.log.warn(
      { aheadSeconds: Math.round(aheadMs / 1000) },
      'the clock of this machine is not that of the database; look at their time synchronisation',
    )
  return aheadMs < 0 ? { earlier: ours, later: theirs } : { earlier: theirs, later: ours }
}
