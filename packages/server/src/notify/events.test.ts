/** Which steps of the life cycle are told, whoever takes them. */
import { makeCertificate, sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { assembleBatches } from '../issuance/assemble-batches.js'
import { cancelApplication } from '../issuance/cancel-application.js'
import { factsOfCertificate } from '../issuance/certificate-facts.js'
import { collectReports } from '../issuance/collect-reports.js'
import { OutcomeUnknownError } from '../issuance/ports/issuance-system.js'
import { submitBatches } from '../issuance/submit-batches.js'
import { storeOutcomes } from '../store/outcomes.js'
import { insertCertificates, markReplaced, markRevoked } from '../store/certificates.js'
import type { EventRow } from '../store/event-tables.js'
import { listEvents } from '../store/events.js'
import { expireCertificates } from '../store/inventory.js'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { publishEvents } from './publish.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterEach(async () => {
  await issuance.clear()
  await issuance.env.db.deleteFrom('events').execute()
})
afterAll(() => issuance.close())

const apply = async (...names: string[]) => issuance.apply(...(await Promise.all(names.map(sampleCsr))))

async function events(): Promise<EventRow[]> {
  await publishEvents(issuance.env)
  return listEvents(issuance.env.db, { after: '0', limit: 1000 })
}

const types = async () => (await events()).map(({ type }) => type)

/** Types of the events of one thing, in their order. */
const typesOf = async (id: string) =>
  (await events())
    .filter((event) => [event.application_id, event.certificate_serial, event.batch_id].includes(id))
    .map(({ type }) => type)

async function submitted(...names: string[]): Promise<string[]> {
  const rows = await apply(...names)
  await assembleBatches(issuance.env)
  await submitBatches(issuance.env)
  return rows.map(({ id }) => id)
}

let serials = 100

/** A certificate of the inventory, of a server or a person. */
async function enter(commonName: string, category: 'server' | 'client' = 'server'): Promise<string> {
  const serialNumber = (serials += 1).toString(16)
  const pem = await makeCertificate({ issuer: 'Test CA', notBefore: '2026-01-01', commonName, serialNumber })
  const facts = factsOfCertificate(pem)
  const of = { organisation: 'example', application_id: null, common_name: commonName, subject_dn: '' }
  const rest = { profile_id: null, chain_pem: '', status: 'valid' as const, replaces_serial: null, category }
  await issuance.env.db
    .transaction()
    .execute((trx) => insertCertificates(trx, [{ ...facts, ...of, ...rest, created_at: new Date() }]))
  return facts.serial
}

describe('an application', () => {
  it('is told of when it comes, goes out and is issued, and its file beside it', async () => {
    const [id] = await submitted('www.example.ac.jp')
    const change = { id: id!, from: 'submitted', to: 'issued', certificateSerial: '17' } as const
    await storeOutcomes(issuance.env.db, { changes: [change], now: new Date() })
    const told = await types()
    // Each has an order of its own; file and application are moved by one statement.
    expect(told.filter((type) => !type.startsWith('batch.'))).toEqual([
      'application.received',
      'application.submitted',
      'certificate.issued',
    ])
    expect(told.filter((type) => type.startsWith('batch.'))).toEqual(['batch.sealed', 'batch.submitted'])
    const issued = (await events()).at(-1)
    expect(issued).toMatchObject({ application_id: id, certificate_serial: '17', organisation: 'example' })
    expect(issued?.data).toEqual({ commonName: 'www.example.ac.jp', kind: 'server-issue', state: 'issued' })
  })

  it.each(['acme-create', 'acme-renew'] as const)(
    'of kind %s ends with a credential, and no certificate is told of',
    async (kind) => {
      const [row] = await apply('eab.example.ac.jp')
      await issuance.env.db.updateTable('applications').set({ kind }).where('id', '=', row!.id).execute()
      const change = { id: row!.id, from: 'queued', to: 'issued' } as const
      await storeOutcomes(issuance.env.db, { changes: [change], now: new Date() })
      expect(await typesOf(row!.id)).toEqual(['application.received', 'eab.issued'])
    },
  )

  it('that the service refuses is told with its code, the clean rest goes on', async () => {
    issuance.upstream.submit = () =>
      Promise.resolve({ outcome: 'refused', errors: [{ row: 1, code: '212', message: 'x' }] })
    const [bad, good] = await submitted('a.example.ac.jp', 'b.example.ac.jp')
    expect([await typesOf(bad!), await typesOf(good!)]).toEqual([
      ['application.received', 'application.refused'],
      ['application.received'],
    ])
    expect((await events()).find(({ type }) => type === 'application.refused')?.data).toMatchObject({
      code: '212',
    })
  })

  it('that waits, is held or taken back is told', async () => {
    const [held, other] = await submitted('a.example.ac.jp', 'b.example.ac.jp')
    issuance.pass(3601)
    const rows = await issuance.look()
    issuance.upstream.report = () =>
      Promise.resolve(rows.map(({ fields: { csr } }) => ({ csr, certificatePem: '', errorCode: '' })))
    await collectReports(issuance.env)
    const [queued] = await apply('c.example.ac.jp')
    await cancelApplication(issuance.env, queued!.id, 'operator:test')
    expect((await typesOf(held!)).at(-1)).toBe('application.held')
    expect((await typesOf(other!)).at(-1)).toBe('application.held')
    expect((await typesOf(queued!.id)).at(-1)).toBe('application.cancelled')
  })

  it('that waits for an operator says so, and when it was approved', async () => {
    const [row] = await apply('www.example.ac.jp')
    const move = (state: 'awaiting-approval' | 'queued') =>
      issuance.env.db.updateTable('applications').set({ state }).where('id', '=', row!.id).execute()
    await move('awaiting-approval')
    await move('queued')
    expect(await typesOf(row!.id)).toEqual([
      'application.received',
      'application.needs-approval',
      'application.approved',
    ])
  })
})

describe('a file', () => {
  it('that a person must decide on is told with the reason', async () => {
    await submitted('www.example.ac.jp')
    const [batch] = await issuance.batches()
    expect(batch?.state).toBe('submitted')
    issuance.upstream.report = () => Promise.resolve([])
    await collectReports(issuance.env)
    issuance.pass(6 * 3600 + 60)
    await collectReports(issuance.env)
    expect((await events()).at(-1)).toMatchObject({
      type: 'batch.attention',
      data: { kind: 'server-issue', rows: 1, attention: 'rows-missing' },
    })
  })

  it('whose answer was lost is told', async () => {
    issuance.upstream.submit = () => Promise.reject(new OutcomeUnknownError('lost'))
    await submitted('www.example.ac.jp')
    expect((await types()).at(-1)).toBe('batch.unknown')
  })
})

describe('a certificate', () => {
  it('is told of when it is replaced, revoked and over; only once', async () => {
    const [old, other] = [await enter('a.example.ac.jp'), await enter('b.example.ac.jp')]
    const act = async () =>
      issuance.env.db.transaction().execute(async (trx) => {
        const key = { organisation: 'example', serial: old }
        await markReplaced(trx, key, new Date())
        await markRevoked(trx, key, { now: new Date(), reason: '4' })
      })
    await act()
    await act()
    await expireCertificates(issuance.env.db, new Date('2049-01-02'))
    expect([await typesOf(old), await typesOf(other)]).toEqual([
      ['certificate.replaced', 'certificate.revoked'],
      ['certificate.expired'],
    ])
  })

  it('of a person is told without the name', async () => {
    await enter('Taro Kokuritsu', 'client')
    await expireCertificates(issuance.env.db, new Date('2049-01-02'))
    expect(JSON.stringify(await events())).not.toContain('Kokuritsu')
  })
})

describe('a change that is undone', () => {
  it('is not told', async () => {
    await apply('www.example.ac.jp')
    const undone = issuance.env.db.transaction().execute(async (trx) => {
      await trx.updateTable('applications').set({ state: 'cancelled' }).execute()
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(await types()).toEqual(['application.received'])
  })
})
