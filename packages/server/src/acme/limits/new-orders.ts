/**
 * Limits for new orders, of an account and of an organisation (RFC 8555 §6.6).
 *
 * They are counted on Redis when there is one. Without it, and while it is away, they are counted where
 * the orders are: the store knows them anyway, so nobody is refused or let through for a lost Redis. A newOrder that
 * is given the order it has already counts nothing. An order that replaces a certificate is let through (RFC 9773 §5).
 */
import type { CountedOnRedis } from '../../http/limiter.js'
import { findNthOrderAt } from '../../store/acme-orders.js'
import { lockFor } from '../../store/advisory-lock.js'
import type { Transaction } from '../../store/database.js'
import type { AcmeEnvironment } from '../environment.js'
import type { Urls } from '../urls.js'
import { rateLimited } from './rate-limited.js'

const HOUR_MS = 3_600_000
/** More than can be made at the same time: as near to a limit as this, they are counted one after the other. */
const NEAR = 100

type Order = Parameters<typeof findNthOrderAt>[1] & { replaces_serial: string | null }

interface Limit {
  what: CountedOnRedis
  by: 'account_id' | 'organisation'
  most: number
  texts: { en: string; ja: string }
}

interface Wait {
  ms: number
  limit: Limit
}

function limitsOf({ env }: AcmeEnvironment): Limit[] {
  const { newOrdersPerAccountPerHour, newOrdersPerOrganisationPerHour } = env.config.acme.rateLimits
  const of = (most: number | null, limit: Omit<Limit, 'most' | 'texts'>, en: string, ja: string) => {
    const texts = {
      en: `There were more than ${most} new orders of ${en} within an hour; wait, and order less often`,
      ja: `${ja}の新しいオーダーが1時間に${most}件を超えました。時間をおいて、頻度を下げてください。`,
    }
    return most === null ? [] : [{ ...limit, most, texts }]
  }
  return [
    ...of(
      newOrdersPerAccountPerHour,
      { what: 'accountOrder', by: 'account_id' },
      'this account',
      'このアカウント',
    ),
    ...of(
      newOrdersPerOrganisationPerHour,
      { what: 'organisationOrder', by: 'organisation' },
      'this organisation',
      'この機関',
    ),
  ]
}

/** One after the other, so that what one limit refuses is not counted by the next. @returns undefined when Redis does not count */
async function takeOnRedis(
  { limiter }: AcmeEnvironment,
  order: Order,
  limits: readonly Limit[],
): Promise<Wait[] | undefined> {
  const taken: Limit[] = []
  const waits: Wait[] = []
  for (const limit of limits) {
    // RFC 8555 §6.6: Retry-After is when all limits let through, so the others are asked too.
    const ask = waits.length === 0 ? limiter.takeOnRedis : limiter.askRedis
    const answer = await ask(limit.what, order[limit.by])
    if (answer === undefined) return undefined
    if (answer.waitMs !== undefined) waits.push({ ms: answer.waitMs, limit })
    else if (waits.length === 0) taken.push(limit)
  }
  if (waits.length > 0)
    await Promise.all(taken.map(({ what, by }) => limiter.giveBack(what, order[by]).catch(() => undefined)))
  return waits
}

async function waitInStore(
  trx: Transaction,
  order: Order,
  limit: Limit,
  now: Date,
): Promise<Wait | undefined> {
  const { by, most } = limit
  const waitFor = async (nth: number): Promise<number> => {
    const at = await findNthOrderAt(trx, order, by, nth)
    return at === undefined ? 0 : at.getTime() + HOUR_MS - now.getTime()
  }
  if ((await waitFor(Math.max(1, most + 1 - NEAR))) <= 0) return undefined
  await lockFor(trx, `orders ${by} ${order[by]}`)
  const ms = await waitFor(most + 1)
  return ms > 0 ? { ms, limit } : undefined
}

async function countInStore(
  { env }: AcmeEnvironment,
  trx: Transaction,
  order: Order,
  limits: readonly Limit[],
): Promise<Wait[]> {
  const waits: Wait[] = []
  for (const limit of limits) {
    const wait = await waitInStore(trx, order, limit, env.now())
    if (wait) waits.push(wait)
  }
  return waits
}

/** @throws ProblemError rateLimited when the order, which was just made, is one too many */
export async function checkOrderLimits(
  acme: AcmeEnvironment,
  trx: Transaction,
  order: Order,
  urls: Urls,
): Promise<void> {
  if (order.replaces_serial !== null) return
  const limits = limitsOf(acme)
  const waits = (await takeOnRedis(acme, order, limits)) ?? (await countInStore(acme, trx, order, limits))
  const [longest] = waits.sort((one, other) => other.ms - one.ms)
  if (longest) throw rateLimited(urls, longest.limit.texts, longest.ms)
}
