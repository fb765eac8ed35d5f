import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { hasCome } from './has-come.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterAll(() => issuance.close())

const now = new Date('2027-01-01T00:00:00Z')
const HOUR_MS = 3_600_000

it.each([
  ['a moment ago', -1, true],
  ['now', 0, true],
  ['in a moment', 1, false],
  ['in twice the longest time that anything is put off', 2 * HOUR_MS, false],
  ['later than that, as a clock wrote it that was ahead', 2 * HOUR_MS + 1, true],
])('what is due %s', async (_name, ms, expected) => {
  const row = await issuance.env.db
    .selectFrom(sql<{ at: Date }>`(select ${new Date(now.getTime() + ms)}::timestamptz as at)`.as('row'))
    .select(hasCome('at', now, HOUR_MS).as('come'))
    .executeTakeFirstOrThrow()
  expect(row.come).toBe(expected)
})
