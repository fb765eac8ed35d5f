/** How many rows go into one file: at most 99, of one kind and one organisation. Source: docs/upki-tsv.md; docs/issuance-cycle.md, step 5. */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import { sampleOf } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { assembleBatches } from './assemble-batches.js'
import { newId } from './new-id.js'
import { submitBatches } from './submit-batches.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
  const { organisations } = issuance.env.config
  organisations.push({ ...organisations[0]!, id: 'other' })
})
beforeEach(() => {
  issuance.env.config.batching.maxAgeSeconds = 0
})
afterEach(() => issuance.clear())
afterAll(() => issuance.close())

/** Rows that were approved, each with a name of its own. */
async function queue(kind: ApplicationKind, count: number, organisation = 'example'): Promise<void> {
  if (count === 0) return
  const { fields } = await sampleOf(kind)
  const now = issuance.env.now()
  const rows = Array.from({ length: count }, (_, index) => ({
    ...{ id: newId(), organisation, kind, state: 'queued' as const, fields: JSON.stringify(fields) },
    ...{ filled: '[]', findings: '[]', common_name: `${kind}${index}.${organisation}.ac.jp` },
    ...{ csr_sha256: null, spki_sha256: null, kind_decided: false, approval_id: null, batch_id: null },
    ...{ batch_row: null, certificate_serial: null, created_by: 'token:test' },
    ...{ created_at: now, updated_at: now },
  }))
  await issuance.env.db.insertInto('applications').values(rows).execute()
}

interface File {
  organisation: string
  kind: ApplicationKind
  rows: number
}

/** Every file that is sealed until nothing is left to send, as the bytes of the file have it. */
async function sealAll(): Promise<File[]> {
  for (let before = -1, now = 0; now !== before; [before, now] = [now, (await issuance.batches()).length]) {
    await assembleBatches(issuance.env)
    await submitBatches(issuance.env)
  }
  const batches = await issuance.env.db
    .selectFrom('batches')
    .select(['organisation', 'kind', 'bytes', 'row_count'])
    .orderBy('id')
    .execute()
  return batches.map(({ organisation, kind, bytes, row_count: rows }) => {
    expect(bytes.toString('latin1').trimEnd().split('\n')).toHaveLength(rows)
    return { organisation, kind, rows }
  })
}

const largestFirst = (a: File, b: File) => b.rows - a.rows

const limits = [
  { count: 0, files: [] },
  { count: 1, files: [1] },
  { count: 98, files: [98] },
  { count: 99, files: [99] },
  { count: 100, files: [99, 1] },
  { count: 199, files: [99, 99, 1] },
]

/** One limit for all kinds: all its sides are looked at with two of them. */
const kinds = [
  ...(['server-issue', 'client-revoke'] as const).map((kind) => ({ kind, cases: limits })),
  ...(
    [
      ...(['server-renew', 'server-revoke', 'client-issue', 'client-renew', 'smime-issue'] as const),
      ...(['smime-renew', 'smime-revoke', 'acme-create', 'acme-revoke'] as const),
    ] as const
  ).map((kind) => ({ kind, cases: limits.filter(({ count }) => count === 100) })),
]

describe.each(kinds)('rows of the kind $kind', ({ kind, cases }) => {
  it.each(cases)('$count go into files of $files', async ({ count, files }) => {
    await queue(kind, count)
    expect((await sealAll()).map(({ rows }) => rows)).toEqual(files)
  })
})

describe('rows that may wait for more', () => {
  it.each([
    { count: 98, files: [] },
    { count: 99, files: [99] },
    { count: 100, files: [99] },
  ])('$count go into files of $files before their time', async ({ count, files }) => {
    issuance.env.config.batching.maxAgeSeconds = 3600
    await queue('server-issue', count)
    expect((await sealAll()).map(({ rows }) => rows)).toEqual(files)
  })
})

describe('two workers that look at the queue at once', () => {
  it('seal no small file behind another, whose rows can wait for more', async () => {
    await queue('server-issue', 100)
    await Promise.all([assembleBatches(issuance.env), assembleBatches(issuance.env)])
    expect(await issuance.batches()).toHaveLength(1)
    await queue('server-revoke', 1)
    await assembleBatches(issuance.env)
    expect((await sealAll()).map(({ rows }) => rows)).toEqual([99, 1, 1])
  })
})

describe('a row that cannot be written', () => {
  it('keeps the file of no other organisation waiting', async () => {
    await queue('server-issue', 1)
    const { fields } = await sampleOf('client-issue')
    await issuance.env.db
      .updateTable('applications')
      .set({ fields: JSON.stringify({ ...fields, csr: 'none' }), kind: 'client-issue' })
      .execute()
    await queue('server-issue', 1, 'other')
    expect(await sealAll()).toEqual([{ organisation: 'other', kind: 'server-issue', rows: 1 }])
  })
})

describe('no file', () => {
  it('is filled up with rows of another kind', async () => {
    await queue('server-revoke', 98)
    await queue('client-revoke', 2)
    expect((await sealAll()).sort(largestFirst)).toEqual([
      { organisation: 'example', kind: 'server-revoke', rows: 98 },
      { organisation: 'example', kind: 'client-revoke', rows: 2 },
    ])
  })

  it('is filled up with rows of another organisation', async () => {
    await queue('server-issue', 100)
    await queue('server-issue', 98, 'other')
    expect((await sealAll()).sort(largestFirst)).toEqual([
      { organisation: 'example', kind: 'server-issue', rows: 99 },
      { organisation: 'other', kind: 'server-issue', rows: 98 },
      { organisation: 'example', kind: 'server-issue', rows: 1 },
    ])
  })
})
