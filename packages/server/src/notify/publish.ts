/** Makes committed events known: gives them their positions, and every webhook its share. Source: docs/decisions/events.md. */
import type { Database } from '../store/database.js'
import { givePositions, hasUnpublished, tryLockHead } from '../store/events.js'

const AT_ONCE = 1_000

/** Safe to call in any number of processes at once: one publishes, the others find it done. */
export async function publishEvents({ db, now }: { db: Database; now: () => Date }): Promise<void> {
  for (let given = AT_ONCE; given === AT_ONCE && (await hasUnpublished(db));)
    given = await db.transaction().execute(async (trx) => {
      const top = await tryLockHead(trx)
      return top === undefined ? 0 : givePositions(trx, { top, limit: AT_ONCE, now: now() })
    })
}
