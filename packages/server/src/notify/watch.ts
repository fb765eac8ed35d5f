/** What happens because time passes: certificates and approvals near their end, reminders, and old events and secrets that go. */
import type { Environment } from '../issuance/ports/environment.js'
import { deleteEndedMails } from '../store/mails.js'
import { deleteOldEvents, tellExpiring, tellLapsing, tellUnconfirmed } from '../store/watch.js'
import { forgetOldSecrets } from '../store/webhooks.js'

const DAY_MS = 86_400_000

/** The service reminds two weeks after the download. Source: docs/issuance-cycle.md, step 11. */
export const CONFIRM_WITHIN_DAYS = 14

export async function watch(env: Environment, now = env.now()): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS)
  await tellExpiring(env.db, now)
  await tellLapsing(env.db, now)
  await tellUnconfirmed(env.db, now, daysAgo(CONFIRM_WITHIN_DAYS))
  const before = daysAgo(env.config.events.keepDays)
  while ((await deleteOldEvents(env.db, before)) > 0);
  await deleteEndedMails(env.db, before)
  await forgetOldSecrets(env.db, now)
}
