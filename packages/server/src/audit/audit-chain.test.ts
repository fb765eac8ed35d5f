/** The hash chain over the audit log: whole under many writers, broken by any change. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type TestOperator } from '../testing/gateway.js'
import { appendAudit } from '../store/audit.js'
import { hashEntry } from './hash-entry.js'
import { sealAudit } from './seal-audit.js'
import { verifyAudit, type Verification } from './verify-audit.js'

let gateway: TestGateway
let auditor: TestOperator
let operator: TestOperator

beforeAll(async () => {
  gateway = await startTestGateway()
  auditor = await gateway.operator('auditor')
  operator = await gateway.operator('operator')
})
afterAll(() => gateway.close())

const write = (action: string, detail: Record<string, unknown> = {}) =>
  gateway.env.db
    .transaction()
    .execute((trx) =>
      appendAudit(trx, [
        { at: new Date(), actor: `operator:${operator.id}`, action, subject: 'test', detail },
      ]),
    )
const get = (path: string, by = auditor) =>
  gateway.http.get(`/v1/${path}`).set('authorization', `Bearer ${by.token}`)

class Undone extends Error {}

/** As somebody who may change the database would, past the triggers; undone afterwards. */
async function verifyTampered(statement: string): Promise<Verification> {
  let result: Verification | undefined
  const attempt = gateway.env.db.transaction().execute(async (trx) => {
    for (const table of ['audit_log', 'audit_chain'])
      await sql.raw(`alter table ${table} disable trigger user`).execute(trx)
    await sql.raw(statement).execute(trx)
    result = await verifyAudit(trx)
    throw new Undone()
  })
  await expect(attempt).rejects.toThrow(Undone)
  return result!
}

describe('an entry', () => {
  const entry = { seq: '1', at: new Date(0), actor: 'a', action: 'b', subject: 'c', detail: { x: 1, y: [2] } }
  const zero = Buffer.alloc(32)

  it('has one hash, however the database orders its members', () => {
    expect(hashEntry(zero, { ...entry, detail: { y: [2], x: 1 } })).toEqual(hashEntry(zero, entry))
  })

  it.each([
    { name: 'the hash before', previous: Buffer.alloc(32, 1), change: {} },
    { name: 'number', previous: zero, change: { seq: '2' } },
    { name: 'time', previous: zero, change: { at: new Date(1) } },
    { name: 'actor', previous: zero, change: { actor: 'x' } },
    { name: 'action', previous: zero, change: { action: 'x' } },
    { name: 'subject', previous: zero, change: { subject: 'x' } },
    { name: 'detail', previous: zero, change: { detail: { x: 1, y: [3] } } },
  ])('has another hash with another $name', ({ previous, change }) => {
    expect(hashEntry(previous, { ...entry, ...change })).not.toEqual(hashEntry(zero, entry))
  })
})

describe('the chain', () => {
  it('holds every entry once when many write and many seal at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await write('test.write', { index })
        if (index % 4 === 0) await sealAudit(gateway.env)
      }),
    )
    await sealAudit(gateway.env)
    const result = await verifyAudit(gateway.env.db)
    const { count } = await gateway.env.db
      .selectFrom('audit_log')
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow()
    expect(result).toMatchObject({ intact: true, checked: count, unsealed: 0, fault: null })
  })

  it('takes in entries that became visible after later ones were sealed, however much later', async () => {
    for (const ahead of [100, 1_000_000]) {
      await sql`insert into audit_log (seq, at, actor, action, subject, detail) overriding system value
        select max(seq) + ${ahead}::int, now(), 'gateway', 'test.ahead', 'test', '{}' from audit_log`.execute(
        gateway.env.db,
      )
      await sealAudit(gateway.env)
      await write('test.behind')
      await sealAudit(gateway.env, { all: true })
      expect(await verifyAudit(gateway.env.db)).toMatchObject({ intact: true, unsealed: 0 })
    }
    await sql`select setval(pg_get_serial_sequence('audit_log', 'seq'), max(seq)) from audit_log`.execute(
      gateway.env.db,
    )
  })

  it.each([
    {
      name: 'an entry that was changed',
      statement: `update audit_log set actor = 'x' where action = 'test.ahead'`,
      fault: 'changed',
    },
    {
      name: 'an entry that was taken out',
      statement: `delete from audit_log where action = 'test.ahead'`,
      fault: 'entry-gone',
    },
    {
      name: 'a link that was taken out',
      statement: `delete from audit_chain where position = 3`,
      fault: 'gap',
    },
    {
      name: 'a link that was made anew',
      statement: `update audit_chain set hash = sha256('x') where position = 3`,
      fault: 'changed',
    },
  ])('shows $name', async ({ statement, fault }) => {
    expect(await verifyTampered(statement)).toMatchObject({ intact: false, fault: { fault } })
    expect((await verifyAudit(gateway.env.db)).intact).toBe(true)
  })

  it('is known again by a head that was noted, and another one is not', async () => {
    const { head } = await verifyAudit(gateway.env.db)
    await write('test.after')
    await sealAudit(gateway.env)
    expect((await verifyAudit(gateway.env.db, { noted: [head!] })).intact).toBe(true)
    const other = { ...head!, hash: '0'.repeat(64) }
    expect(await verifyAudit(gateway.env.db, { noted: [other] })).toMatchObject({
      fault: { position: head!.position, fault: 'not-as-noted' },
    })
  })

  it.each([
    'update audit_chain set hash = hash',
    'delete from audit_chain',
    'truncate audit_chain',
    'truncate audit_log',
  ])('refuses: %s', async (statement) => {
    await expect(sql.raw(statement).execute(gateway.env.db)).rejects.toThrow(/append-only/)
  })
})

describe('GET /v1/audit', () => {
  interface Entry {
    seq: string
    actor: string
    action: string
  }
  const entries = async (query: string, by = auditor) =>
    ((await get(`audit?${query}`, by)).body as { entries: Entry[] }).entries

  it('shows what was done a moment ago, filtered and in pages', async () => {
    for (const index of [1, 2, 3]) await write('listed.write', { index })
    await write('listed.other')
    expect(await entries('action=listed.write')).toHaveLength(3)
    expect(await entries('action=listed.')).toHaveLength(4)
    expect(await entries(`actor=operator:${operator.id}&action=listed.other&subject=test`)).toHaveLength(1)
    expect(await entries('action=listed.&subject=nothing')).toEqual([])
    const future = encodeURIComponent(new Date(Date.now() + 3_600_000).toISOString())
    expect([
      await entries(`action=listed.&from=${future}`),
      (await entries(`action=listed.&to=${future}`)).length,
    ]).toEqual([[], 4])
    const first = await get('audit?action=listed.&limit=3')
    const { next } = first.body as { next: string }
    expect(await entries(`action=listed.&limit=3&after=${next}`)).toMatchObject([{ action: 'listed.write' }])
  })

  it("hides another organisation's, and needs the scope", async () => {
    const stranger = await gateway.operator('auditor', { organisation: 'other' })
    expect(await entries('action=listed.', stranger)).toEqual([])
    const portal = await gateway.operator('portal')
    expect((await get('audit', portal)).status).toBe(403)
    expect((await get('audit/verification', portal)).status).toBe(403)
  })

  it('says whether the log is whole', async () => {
    expect((await get('audit/verification')).body).toMatchObject({ intact: true, fault: null })
    expect((await get('audit/verification?last=2')).body).toMatchObject({ intact: true, checked: 2 })
    expect((await get('audit/verification?last=100001')).status).toBe(400)
  })
})
