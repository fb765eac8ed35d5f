/** Which application goes out first, and when files do. */
import { sampleCsr, sampleOf } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { assembleBatches } from './assemble-batches.js'
import type { SubmitOutcome } from './ports/issuance-system.js'
import { queueOrder } from './queue-order.js'
import { submitBatches } from './submit-batches.js'
import { maintenanceMs } from './upload-times.js'

describe('queueOrder', () => {
  const now = new Date('2026-06-01T12:00:00Z')
  it.each([
    { wanted: undefined, rows: 99, priority: 1, at: '2026-06-01T12:00:00.000Z' },
    { wanted: undefined, rows: 100, priority: 0, at: '2026-06-01T16:00:00.000Z' },
    { wanted: 'normal', rows: 5000, priority: 1, at: '2026-06-01T12:00:00.000Z' },
    { wanted: 'urgent', rows: 1, priority: 2, at: '2026-05-31T12:00:00.000Z' },
  ] as const)('puts a request of $rows rows ($wanted) at $at', ({ wanted, rows, priority, at }) => {
    expect(queueOrder(wanted, rows, now)).toEqual({ priority, order_at: new Date(at) })
  })
})

describe('maintenanceMs', () => {
  const system = {
    ...{
      id: 'x',
      adapter: 'screens' as const,
      credentialsFile: 'x',
      chainFiles: [],
      reportIntervalSeconds: 60,
    },
    ...{ uploadTimeoutSeconds: 600, leaseSeconds: 90, secondsBetweenUploads: 0, historyIntervalHours: 24 },
    ...{ settleSeconds: 0, resubmitAfterProof: false },
    heldAfterSeconds: 3600,
    missingAfterSeconds: 21_600,
    maintenance: [{ from: new Date('2026-03-04T14:00:00+09:00'), to: new Date('2026-03-04T17:00:00+09:00') }],
  }
  it.each([
    { at: '2026-03-04T13:59:59+09:00', ms: 0 },
    { at: '2026-03-04T14:00:00+09:00', ms: 3 * 3_600_000 },
    { at: '2026-03-04T16:59:59+09:00', ms: 1000 },
    { at: '2026-03-04T17:00:00+09:00', ms: 0 },
  ])('lets wait $ms ms at $at', ({ at, ms }) => {
    expect(maintenanceMs(system, new Date(at))).toBe(ms)
  })
})

describe('the queue', () => {
  let issuance: TestIssuance
  beforeAll(async () => {
    issuance = await openTestIssuance()
  })
  afterEach(() => issuance.clear())
  afterAll(() => issuance.close())

  const apply = async (...names: string[]) => issuance.apply(...(await Promise.all(names.map(sampleCsr))))

  /** CNs of each file, in the order of the uploads. */
  function watchUploads(): Promise<string[][]> {
    const files: string[][] = []
    issuance.upstream.submit = ({ bytes }): Promise<SubmitOutcome> => {
      files.push([...bytes.toString('latin1').matchAll(/^CN=([^,]+)/gm)].map(([, name]) => name ?? ''))
      return Promise.resolve({ outcome: 'accepted' })
    }
    return Promise.resolve(files)
  }

  async function drain(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await assembleBatches(issuance.env)
      await submitBatches(issuance.env)
    }
  }

  it('sends a single certificate before the rest of a large request that came first', async () => {
    const files = await watchUploads()
    await apply(...Array.from({ length: 120 }, (_, index) => `bulk${index}.example.ac.jp`))
    await assembleBatches(issuance.env)
    await apply('single.example.ac.jp')
    await drain()
    expect(files.map((file) => file.length)).toEqual([99, 22])
    expect(files[1]![0]).toBe('single.example.ac.jp')
  })

  it('keeps a server waiting for no EAB that was applied for under its name, before it or with it', async () => {
    const name = 'both-roads.example.ac.jp'
    const { fields } = await sampleOf('acme-create')
    const forEab = { kind: 'acme-create', fields: JSON.stringify(fields), kind_decided: false } as const
    for (const wait of [drain, () => Promise.resolve()]) {
      const [eab] = await apply(name)
      await issuance.env.db
        .updateTable('applications')
        .set({ ...forEab, csr_sha256: null, spki_sha256: null })
        .where('id', '=', eab!.id)
        .execute()
      // Nobody has entered the EAB yet.
      await wait()
      const [server] = await apply(name)
      await drain()
      const [row] = (await issuance.look()).filter(({ id }) => id === server!.id)
      expect(row?.state).toBe('submitted')
      await issuance.clear()
    }
  })

  it('seals no second file of a kind while one waits', async () => {
    await apply('a.example.ac.jp')
    await assembleBatches(issuance.env)
    await apply('b.example.ac.jp')
    await assembleBatches(issuance.env)
    expect(await issuance.batches()).toHaveLength(1)
  })

  it('sends what was refused through no fault of its own without waiting for the window', async () => {
    const batching = issuance.env.config.batching
    await apply('bad.example.ac.jp', 'good.example.ac.jp')
    await assembleBatches(issuance.env)
    batching.maxAgeSeconds = 3600
    try {
      issuance.upstream.submit = () =>
        Promise.resolve({ outcome: 'refused', errors: [{ row: 1, code: '212', message: 'x' }] })
      await submitBatches(issuance.env)
      const files = await watchUploads()
      await drain()
      expect(files).toEqual([['good.example.ac.jp']])
    } finally {
      batching.maxAgeSeconds = 0
    }
  })

  it('keeps the pace between two uploads, and tells when the next may go', async () => {
    const [settings] = issuance.env.config.issuanceSystems
    if (settings?.adapter !== 'screens') throw new Error('not configured as this test needs it')
    settings.secondsBetweenUploads = 60
    try {
      const files = await watchUploads()
      for (const name of ['a', 'b']) {
        await apply(`${name}.pace.example.ac.jp`)
        await assembleBatches(issuance.env)
        const wait = (await submitBatches(issuance.env)) ?? 0
        if (name === 'b') expect(wait).toBeGreaterThan(50_000)
      }
      expect(files).toHaveLength(1)
      issuance.pass(61)
      await submitBatches(issuance.env)
      expect(files).toHaveLength(2)
    } finally {
      settings.secondsBetweenUploads = 0
    }
  })

  it('uploads nothing during a maintenance of the service', async () => {
    const [settings] = issuance.env.config.issuanceSystems
    if (settings?.adapter !== 'screens') throw new Error('not configured as this test needs it')
    const now = issuance.env.now().getTime()
    settings.maintenance = [{ from: new Date(now - 1000), to: new Date(now + 600_000) }]
    try {
      const files = await watchUploads()
      await apply('window.example.ac.jp')
      await drain()
      expect(files).toHaveLength(0)
      issuance.pass(601)
      await drain()
      expect(files).toHaveLength(1)
    } finally {
      settings.maintenance = []
    }
  })
})
