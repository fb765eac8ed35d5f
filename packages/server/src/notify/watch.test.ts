/** What happens because time passes: told once, and kept as long as it is wanted. */
import { makeCertificate } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { factsOfCertificate } from '../issuance/certificate-facts.js'
import { insertApproval } from '../store/approvals.js'
import { insertCertificates } from '../store/certificates.js'
import { findHeadOfEvents, listEvents } from '../store/events.js'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { publishEvents } from './publish.js'
import { watch } from './watch.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterEach(async () => {
  await issuance.clear()
  for (const table of ['events', 'approvals'] as const) await issuance.env.db.deleteFrom(table).execute()
})
afterAll(() => issuance.close())

const DAY_S = 86_400
const inDays = (days: number) => new Date(issuance.env.now().getTime() + days * DAY_S * 1000)

let serials = 500

async function enter(days: number, more: { replaces?: string; status?: 'replaced'; since?: Date } = {}) {
  const serialNumber = (serials += 1).toString(16)
  const dates = { notBefore: (more.since ?? inDays(-60)).toISOString(), notAfter: inDays(days).toISOString() }
  const pem = await makeCertificate({ issuer: 'Test CA', ...dates, serialNumber })
  const facts = factsOfCertificate(pem)
  const row = {
    ...facts,
    ...{ organisation: 'example', application_id: null, common_name: 'www.example.ac.jp', subject_dn: '' },
    ...{ profile_id: null, chain_pem: '', status: more.status ?? ('valid' as const) },
    ...{ replaces_serial: more.replaces ?? null, created_at: new Date() },
  }
  await issuance.env.db.transaction().execute((trx) => insertCertificates(trx, [row]))
  return facts.serial
}

/** What was told since the last look. */
let known = '0'
async function news() {
  await watch(issuance.env)
  await publishEvents(issuance.env)
  const events = await listEvents(issuance.env.db, { after: known, limit: 1000 })
  known = events.at(-1)?.position ?? known
  return events.map(({ type, data }) => `${type.split('.')[1]} ${data.withinDays ?? ''}`.trim())
}

describe('a certificate near its end', () => {
  it('is told of once for each threshold', async () => {
    await enter(31)
    const told: string[][] = []
    // Days left: 31, 30, 29, 14, 13, 7, 1, over.
    for (const days of [0, 1.01, 1, 15, 1, 6, 6, 2]) {
      issuance.pass(days * DAY_S)
      told.push(await news(), await news())
    }
    expect(told.flat()).toEqual(['expiring 30', 'expiring 14', 'expiring 7', 'expiring 1'])
    expect(told.map(({ length }) => length)).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0])
  })

  it('that is first seen late is told of once, for the threshold that it has reached', async () => {
    await enter(5)
    expect([await news(), await news()]).toEqual([['expiring 7'], []])
  })

  it('that was replaced is not told of', async () => {
    await enter(5, { status: 'replaced' })
    expect(await news()).toEqual([])
  })
})

describe('an approval near its end', () => {
  it('is told of once for each threshold, and anew after it was renewed', async () => {
    await issuance.env.db.transaction().execute((trx) =>
      insertApproval(trx, {
        ...{ id: 'approval-1', organisation: 'example', subscriber: { email: 'taro@example.ac.jp' } },
        ...{ names: ['www.example.ac.jp'], approved_by: 'operator:x', valid_until: inDays(10) },
        created_at: new Date(),
      }),
    )
    expect([await news(), await news()]).toEqual([['lapsing 14'], []])
    await issuance.env.db
      .updateTable('approvals')
      .set({ valid_until: inDays(20) })
      .execute()
    expect([await news(), await news()]).toEqual([['lapsing 30'], []])
    await issuance.env.db.updateTable('approvals').set({ revoked_at: new Date() }).execute()
    issuance.pass(15 * DAY_S)
    expect(await news()).toEqual([])
  })
})

describe('a replaced certificate', () => {
  it.each([
    { days: 13, told: [] },
    { days: 15, told: ['unconfirmed'] },
  ])('that nobody confirmed is told of after $days days: $told', async ({ days, told }) => {
    const old = await enter(100, { status: 'replaced' })
    await enter(300, { replaces: old, since: inDays(-days) })
    expect([await news(), await news()]).toEqual([told, []])
  })
})

describe('events', () => {
  it('that are older than they are kept are deleted, and it is said up to where', async () => {
    await enter(5)
    await news()
    issuance.pass(91 * DAY_S)
    await enter(20)
    await news()
    const left = await listEvents(issuance.env.db, { after: '0', limit: 10 })
    expect(left.map(({ type }) => type)).toContain('certificate.expiring')
    const { deletedTo } = await findHeadOfEvents(issuance.env.db)
    expect(left.every(({ position }) => BigInt(position) > BigInt(deletedTo))).toBe(true)
    expect(BigInt(deletedTo)).toBeGreaterThan(0n)
  })
})
