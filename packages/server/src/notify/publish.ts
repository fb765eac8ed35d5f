/** Makes committed events known: gives them their positions, and every webhook and mail its share. Source: docs/decisions/events.md. */
import type { Environment } from '../issuance/ports/environment.js'
import type { Transaction } from '../store/database.js'
import { addDeliveries, givePositions, hasUnpublished, tryLockHead } from '../store/events.js'
import { addressMails } from './mail/address-mails.js'

const AT_ONCE = 1_000

export type Publisher = Pick<Environment, 'db' | 'now' | 'config'>

async function publishSome(env: Publisher, trx: Transaction): Promise<number> {
  const top = await tryLockHead(trx)
  if (top === undefined) return 0
  const given = await givePositions(trx, top, AT_ONCE)
  if (given === 0) return 0
  const now = env.now()
  await addDeliveries(trx, top, now)
  await addressMails(env, trx, { after: top, now })
  return given
}

/** Safe to call in any number of processes at once: one publishes, the others find it done. */
export async function publishEvents(env: Publisher): Promise<void> {
  for (let given = AT_ONCE; given === AT_ONCE && (await hasUnpublished(env.db));)
    given = await env.db.transaction().execute((trx) => publishSome(env, trx))
}
