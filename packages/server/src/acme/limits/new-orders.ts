/**
 * Limits for new orders, of an account and of an organisation.
 *
 * They are counted where they are: all processes agree, nothing is lost with a queue, and
 * a newOrder that is given the order it has already counts nothing. An order that
 * replaces a certificate is let through (RFC 9773 §5).
 */
import { findNthOrderAt } from '../../store/acme-orders.js'
import type { Transaction } from '../../store/database.js'
import type { AcmeEnvironment } from '../environment.js'
import type { Urls } from '../urls.js'
import { rateLimited } from './rate-limited.js'

const HOUR_MS = 3_600_000

type Order = Parameters<typeof findNthOrderAt>[1] & { replaces_serial: string | null }

/** @throws ProblemError rateLimited when the order, which is there already, is one too many */
export async function checkOrderLimits(
  { env }: AcmeEnvironment,
  trx: Transaction,
  order: Order,
  urls: Urls,
): Promise<void> {
  if (order.replaces_serial !== null) return
  const { newOrdersPerAccountPerHour, newOrdersPerOrganisationPerHour } = env.config.acme.rateLimits
  const limits = [
    ['account_id', newOrdersPerAccountPerHour, 'this account', 'このアカウント'],
    ['organisation', newOrdersPerOrganisationPerHour, 'this organisation', 'この機関'],
  ] as const
  for (const [by, limit, en, ja] of limits) {
    const at = limit === null ? undefined : await findNthOrderAt(trx, order, by, limit + 1)
    const waitMs = at && at.getTime() + HOUR_MS - env.now().getTime()
    if (waitMs === undefined || waitMs <= 0) continue
    const texts = {
      en: `There were more than ${limit} new orders of ${en} within an hour; wait, and order less often`,
      ja: `${ja}の新しいオーダーが1時間に${limit}件を超えました。時間をおいて、頻度を下げてください。`,
    }
    throw rateLimited(urls, texts, waitMs)
  }
}
