/** Promises 2 and 3 at their edges: leases, proofs, and answers that make no sense. */
import type { ReportRow } from '@upki-gateway/shared/report'
import { makeCertificate, sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { endLeases, renewLease } from '../store/batches.js'
import { listKeptPages } from '../store/kept-pages.js'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { assembleBatches } from './assemble-batches.js'
import { factsOfCertificate } from './certificate-facts.js'
import { collectReports } from './collect-reports.js'
import { decideBatch } from './decide-batch.js'
import { enterCertificate } from './enter-certificate.js'
import { beginImport } from './import-report.js'
import {
  NotSentError,
  OutcomeUnknownError,
  type RowError,
  type SubmitOutcome,
} from './ports/issuance-system.js'
import { applyForRevocations } from './revoke-certificates.js'
import { releaseAbandoned, submitBatches } from './submit-batches.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterEach(() => issuance.clear())
afterAll(() => issuance.close())

const apply = async (...names: string[]) => issuance.apply(...(await Promise.all(names.map(sampleCsr))))

const states = async () => (await issuance.look()).map(({ state }) => state)
const batchStates = async () => (await issuance.batches()).map(({ state }) => state)

/** An upload that hangs until it is answered, or aborted unless its process sleeps. */
function hangingUpload({ isAsleep = false } = {}) {
  let answer = (_outcome: SubmitOutcome) => {}
  let fail = (_error: Error) => {}
  const started = new Promise<void>((resolve) => {
    issuance.upstream.submit = (_file, signal) =>
      new Promise((take, refuse) => {
        answer = take
        fail = refuse
        if (!isAsleep)
          signal.addEventListener('abort', () => refuse(new OutcomeUnknownError(String(signal.reason))))
        resolve()
      })
  })
  return {
    started,
    answer: (outcome: SubmitOutcome) => answer(outcome),
    fail: (error: Error) => fail(error),
  }
}

const loseAnswer = () => {
  issuance.upstream.submit = () => Promise.reject(new OutcomeUnknownError('lost'))
}

const refuse = (...errors: RowError[]) => {
  issuance.upstream.submit = () => Promise.resolve({ outcome: 'refused', errors })
}

async function sealOne(): Promise<void> {
  await apply('www.example.ac.jp')
  await assembleBatches(issuance.env)
}

describe('an upload whose lease was taken away', () => {
  it('stops sending', async () => {
    await sealOne()
    const upload = hangingUpload()
    const submitting = submitBatches(issuance.env)
    await upload.started
    await endLeases(issuance.env.db)
    await releaseAbandoned(issuance.env)
    await submitting
    expect(await batchStates()).toEqual(['unknown'])
  })

  it('counts as taken when the service accepts it all the same', async () => {
    await sealOne()
    const upload = hangingUpload()
    const submitting = submitBatches(issuance.env)
    await upload.started
    await endLeases(issuance.env.db)
    await releaseAbandoned(issuance.env)
    upload.answer({ outcome: 'accepted' })
    await submitting
    expect([await batchStates(), await states()]).toEqual([['submitted'], ['submitted']])
  })
})

describe('an upload whose process slept until the file was uploaded once more', () => {
  /** The first process sleeps; the report shows nothing, and another uploads. */
  async function sleepOver() {
    await sealOne()
    const first = hangingUpload({ isAsleep: true })
    const sleeping = submitBatches(issuance.env)
    await first.started
    await endLeases(issuance.env.db)
    await releaseAbandoned(issuance.env)
    await collectReports(issuance.env)
    issuance.pass(10)
    await collectReports(issuance.env)
    const wake = async (end: Ending) => {
      end(first)
      await sleeping
      return [(await issuance.batches())[0]?.state, ...(await states())]
    }
    return { wake, uploadAgain }
  }

  async function uploadAgain() {
    const second = hangingUpload()
    const submitting = submitBatches(issuance.env)
    await second.started
    return { second, submitting }
  }

  type Ending = (upload: ReturnType<typeof hangingUpload>) => void

  it.each<[string, Ending]>([
    ['it never sent the file', ({ fail }) => fail(new NotSentError('too late'))],
    ['it lost the answer', ({ fail }) => fail(new OutcomeUnknownError('too late'))],
    ['the file was refused', ({ answer }) => answer({ outcome: 'refused', errors: [{ row: 1, ...error }] })],
  ])('says nothing of that other upload when it finds that %s', async (_, end) => {
    const { wake } = await sleepOver()
    const { second, submitting } = await uploadAgain()
    expect(await wake(end)).toEqual(['submitting', 'submitting'])
    second.answer({ outcome: 'accepted' })
    await submitting
    expect([await batchStates(), await states()]).toEqual([['submitted'], ['submitted']])
  })

  it('keeps no lease of that other upload', async () => {
    const { wake } = await sleepOver()
    const { second, submitting } = await uploadAgain()
    const [{ id, submissions } = { id: '', submissions: 0 }] = await issuance.env.db
      .selectFrom('batches')
      .select(['id', 'submissions'])
      .execute()
    const renewals = [1, 2].map((upload) => renewLease(issuance.env.db, { id, submissions: upload }, 1000))
    expect([submissions, await Promise.all(renewals)]).toEqual([2, [false, true]])
    second.answer({ outcome: 'accepted' })
    await Promise.all([submitting, wake(({ answer }) => answer({ outcome: 'accepted' }))])
  })

  it.each([
    ['before the other begins', false],
    ['while the other is under way', true],
  ])('counts as taken %s when the service accepts it all the same', async (_, isUnderWay) => {
    const { wake } = await sleepOver()
    const other = isUnderWay ? await uploadAgain() : undefined
    expect(await wake(({ answer }) => answer({ outcome: 'accepted' }))).toEqual(['submitted', 'submitted'])
    other?.second.answer({ outcome: 'refused', errors: [{ row: 1, ...error }] })
    await other?.submitting
    await submitBatches(issuance.env)
    expect(await issuance.batches()).toMatchObject([{ state: 'submitted', submissions: isUnderWay ? 2 : 1 }])
    expect(await states()).toEqual(['submitted'])
  })

  const error = { code: '212', column: 1, message: '指定したDNはすでに存在しています。' }
})

describe('a report without the rows of a lost upload', () => {
  it('proves nothing of the upload that came after it', async () => {
    await sealOne()
    loseAnswer()
    await submitBatches(issuance.env)
    await collectReports(issuance.env)
    issuance.pass(10)
    // While one process reads a slow report, another one proves, uploads again and loses the answer again.
    issuance.upstream.report = async () => {
      issuance.upstream.report = () => Promise.resolve([])
      await collectReports(issuance.env)
      await submitBatches(issuance.env)
      return []
    }
    await collectReports(issuance.env)
    expect(await issuance.batches()).toMatchObject([{ state: 'unknown', submissions: 2 }])
  })
})

describe('a report that was cut between two rows', () => {
  it.each([
    { rows: 1, is: 'attention' },
    { rows: 2, is: 'sealed' },
  ])('with $rows of two certificates that are known lets a lost upload be $is', async ({ rows, is }) => {
    const { env } = issuance
    const dates = { notBefore: '2026-01-01', notAfter: '2049-01-01', issuer: 'Test CA' }
    const history = await Promise.all(
      ['7e21', '7e22'].map(async (serialNumber) => ({
        ...{
          status: 'issued',
          subjectDn: 'CN=x',
          profileId: '',
          oldSerial: '',
          subscriberEmail: '',
          fqdn: 'x',
        },
        ...{
          certificatePem: await makeCertificate({ ...dates, serialNumber }),
          serial: `0x${serialNumber}`,
        },
      })),
    )
    const begun = beginImport(env, { organisation: 'example', name: 'server', actor: 'gateway' })
    for (const row of history) await begun.take(row as ReportRow)
    await begun.end()
    expect(begun.source.counts.added).toBe(2)
    await sealOne()
    loseAnswer()
    await submitBatches(env)
    await collectReports(env)
    issuance.pass(10)
    issuance.upstream.report = () => Promise.resolve(history.slice(0, rows) as ReportRow[])
    await collectReports(env)
    expect(await batchStates()).toEqual([is])
  })
})

describe('the wall clock', () => {
  const HOUR = 3600

  it.each([HOUR, -HOUR])(
    'that jumps by %i s while a file is sent takes its lease from nobody',
    async (by) => {
      await sealOne()
      const upload = hangingUpload()
      const submitting = submitBatches(issuance.env)
      await upload.started
      issuance.jump(by)
      const leftMs = await releaseAbandoned(issuance.env)
      expect(leftMs).toBeGreaterThan(0)
      upload.answer({ outcome: 'accepted' })
      await submitting
      expect(await batchStates()).toEqual(['submitted'])
    },
  )

  it.each([HOUR, -HOUR])('that jumps by %i s neither hastens a proof nor delays it', async (by) => {
    await sealOne()
    loseAnswer()
    await submitBatches(issuance.env)
    issuance.jump(by)
    for (const { seconds, is } of [
      { seconds: 0, is: 'unknown' },
      { seconds: 2.999, is: 'unknown' },
      { seconds: 0.001, is: 'sealed' },
    ]) {
      issuance.pass(seconds)
      await collectReports(issuance.env)
      expect(await batchStates(), `${seconds} s later`).toEqual([is])
    }
  })

  it('that was ahead while the answer was lost does not delay the proof', async () => {
    await sealOne()
    issuance.jump(HOUR)
    loseAnswer()
    await submitBatches(issuance.env)
    issuance.jump(-HOUR)
    await collectReports(issuance.env)
    issuance.pass(3)
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual(['sealed'])
  })

  it('that jumps over the time for missing rows asks nobody of a file that was taken just now', async () => {
    await sealOne()
    await submitBatches(issuance.env)
    issuance.jump(7 * HOUR)
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual(['submitted'])
  })

  it('that goes back keeps no row from its file, and no file from its upload', async () => {
    issuance.env.config.batching.maxAgeSeconds = 60
    await apply('www.example.ac.jp')
    issuance.jump(-HOUR)
    expect(await assembleBatches(issuance.env)).toBeUndefined()
    issuance.jump(-HOUR)
    await submitBatches(issuance.env)
    issuance.env.config.batching.maxAgeSeconds = 0
    expect(await batchStates()).toEqual(['submitted'])
  })

  it('that goes back makes nobody read the report without a pause', async () => {
    await sealOne()
    await submitBatches(issuance.env)
    issuance.jump(-HOUR)
    expect(await collectReports(issuance.env)).toBeGreaterThanOrEqual(500)
  })
})

describe('an answer that refuses', () => {
  it.each([0, 3])('row %i of a file of two rows decides nothing', async (row) => {
    await apply('a.example.ac.jp', 'b.example.ac.jp')
    await assembleBatches(issuance.env)
    refuse({ row, code: '201', message: 'x' })
    await submitBatches(issuance.env)
    expect([await batchStates(), await states()]).toEqual([['unknown'], ['unknown', 'unknown']])
  })

  it('the last row of the file fails that row only', async () => {
    await apply('a.example.ac.jp', 'b.example.ac.jp')
    await assembleBatches(issuance.env)
    refuse({ row: 2, code: '201', message: 'x' })
    await submitBatches(issuance.env)
    expect(await states()).toEqual(['queued', 'failed'])
  })

  it('tells every error of a row', async () => {
    await apply('a.example.ac.jp', 'b.example.ac.jp')
    await assembleBatches(issuance.env)
    refuse(
      { row: 1, code: '201', item: '主体者DN', message: 'x' },
      { row: 1, code: '202', item: 'CSR', message: 'y' },
    )
    await submitBatches(issuance.env)
    const [first] = await issuance.look()
    expect(first?.failure).toMatchObject({ upstreamCode: '201', message: { ja: '主体者DN: x\nCSR: y' } })
  })

  it('the file as a whole fails every row of it', async () => {
    await apply('a.example.ac.jp', 'b.example.ac.jp')
    await assembleBatches(issuance.env)
    refuse({ code: '215', message: 'x' })
    await submitBatches(issuance.env)
    expect(await states()).toEqual(['failed', 'failed'])
  })
})

describe('a result that cannot be taken over', () => {
  it('does not keep the others waiting', async () => {
    const [first, second] = await apply('a.example.ac.jp', 'b.example.ac.jp')
    await assembleBatches(issuance.env)
    await submitBatches(issuance.env)
    issuance.upstream.report = () =>
      Promise.resolve([
        { csr: first!.fields.csr, certificatePem: 'no certificate', errorCode: '' },
        { csr: second!.fields.csr, certificatePem: '', errorCode: '99' },
      ])
    await collectReports(issuance.env)
    expect(await states()).toEqual(['submitted', 'failed'])
  })
})

describe("a certificate under whose serial one of somebody's own making had been entered", () => {
  it.each([
    { by: 'its organisation', organisation: 'example', stay: [] },
    { by: 'another', organisation: 'other', stay: [{ organisation: 'other', origin: 'entered' }] },
  ])('by $by is that of its application all the same', async ({ organisation, stay }) => {
    const dates = { issuer: 'Test CA', notBefore: '2026-01-01', serialNumber: '7e31' }
    const entered = factsOfCertificate(await makeCertificate({ ...dates, notAfter: '2026-02-01' }))
    const { env } = issuance
    const others = { organisation, common_name: 'a.example.org', subject_dn: 'CN=a.example.org' }
    await env.db
      .insertInto('certificates')
      .values({
        ...{ ...entered, ...others, application_id: null, profile_id: null, replaces_serial: null },
        ...{ chain_pem: '', status: 'expired', origin: 'entered', created_at: env.now() },
      })
      .execute()
    await sealOne()
    await submitBatches(env)
    const certificatePem = await makeCertificate({ ...dates, notAfter: '2049-01-01' })
    const made = factsOfCertificate(certificatePem)
    await env.db.updateTable('applications').set({ spki_sha256: made.spki_sha256 }).execute()
    const [application] = await issuance.look()
    const row = { csr: application!.fields.csr, status: 'issued', certificatePem, errorCode: '' } as const
    issuance.upstream.report = () => Promise.resolve([row])
    await collectReports(env)
    expect(await states()).toEqual(['issued'])
    const certificates = env.db.selectFrom('certificates').selectAll().orderBy('organisation')
    expect(await certificates.execute()).toMatchObject([
      {
        ...made,
        organisation: 'example',
        application_id: application!.id,
        status: 'valid',
        origin: 'issued',
      },
      ...stay,
    ])
  })
})

describe('a certificate that was revoked at the service before the report was read', () => {
  /** The certificate, for the key of the application, as somebody revoked it. */
  async function revokedRow(): Promise<Partial<ReportRow>> {
    const certificatePem = await makeCertificate({
      ...{ issuer: 'Test CA', notBefore: '2026-01-01', notAfter: '2049-01-01', serialNumber: '7e11' },
    })
    const { spki_sha256 } = factsOfCertificate(certificatePem)
    await issuance.env.db.updateTable('applications').set({ spki_sha256 }).execute()
    const [row] = await issuance.look()
    const told = { status: 'revoked', revocationReason: '1', serial: String(0x7e11) } as const
    return { ...told, csr: row!.fields.csr, certificatePem, errorCode: '' }
  }

  it.each([{ answer: 'lost' }, { answer: 'accepted' }])(
    'is known as revoked, and nothing is sent again (answer to the upload: $answer)',
    async ({ answer }) => {
      await sealOne()
      if (answer === 'lost') loseAnswer()
      await submitBatches(issuance.env)
      const row = await revokedRow()
      issuance.upstream.report = () => Promise.resolve([row])
      await collectReports(issuance.env)
      issuance.pass(60)
      await collectReports(issuance.env)
      expect(await states()).toEqual(['revoked'])
      expect(await issuance.batches()).toMatchObject([{ state: 'done', submissions: 1 }])
      const certificates = await issuance.env.db.selectFrom('certificates').selectAll().execute()
      expect(certificates).toMatchObject([{ status: 'revoked', revocation_reason: '1' }])
    },
  )
})

describe('a CSR that the service took and the CA refused', () => {
  it('is not taken again: its old row in the report would be mistaken for the new one', async () => {
    const [application] = await apply('a.example.ac.jp')
    await assembleBatches(issuance.env)
    await submitBatches(issuance.env)
    const { csr } = application!.fields
    issuance.upstream.report = () => Promise.resolve([{ csr, certificatePem: '', errorCode: '99' }])
    await collectReports(issuance.env)
    await expect(issuance.apply(csr!)).rejects.toThrow(/keySeen/)
  })

  it('may come again when the service refused its file, for then it was not taken', async () => {
    const [application] = await apply('a.example.ac.jp')
    await assembleBatches(issuance.env)
    refuse({ row: 1, code: '201', message: 'x' })
    await submitBatches(issuance.env)
    expect(await issuance.apply(application!.fields.csr!)).toMatchObject([{ state: 'queued' }])
  })
})

describe('rows of a file that was taken', () => {
  const shown = (csr: string) => ({ csr, certificatePem: '', errorCode: '' })

  /** Two rows, accepted; the report shows the first alone. */
  async function oneMissing(): Promise<{ batchId: string; csrs: string[] }> {
    const rows = await apply('shown.example.ac.jp', 'missing.example.ac.jp')
    await assembleBatches(issuance.env)
    await submitBatches(issuance.env)
    const csrs = rows.map(({ fields }) => fields.csr!)
    issuance.upstream.report = () => Promise.resolve([shown(csrs[0]!)])
    await collectReports(issuance.env)
    const [row] = await issuance.look()
    return { batchId: row!.batch_id!, csrs }
  }
  const HOURS_6 = 6 * 3600

  it.each([
    { seconds: HOURS_6 - 60, is: 'submitted' },
    { seconds: HOURS_6 + 60, is: 'attention' },
  ])('and are not in the report after $seconds seconds make the batch $is', async ({ seconds, is }) => {
    await oneMissing()
    issuance.pass(seconds)
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual([is])
  })

  it('and turn up late make the batch submitted again', async () => {
    const { csrs } = await oneMissing()
    issuance.pass(HOURS_6 + 60)
    await collectReports(issuance.env)
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual(['attention'])
    issuance.upstream.report = () => Promise.resolve(csrs.map(shown))
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual(['submitted'])
  })

  it.each([
    { decision: 'resubmit', batch: 'submitted', missing: 'queued' },
    { decision: 'give-up', batch: 'submitted', missing: 'failed' },
    { decision: 'taken', batch: 'submitted', missing: 'submitted' },
  ] as const)(
    'are decided by $decision without touching the others',
    async ({ decision, batch, missing }) => {
      const { batchId } = await oneMissing()
      issuance.pass(HOURS_6 + 60)
      await collectReports(issuance.env)
      await decideBatch(issuance.env, batchId, { decision, reason: 'x', actor: 'operator:test' })
      const rows = await issuance.look()
      expect([...(await batchStates()), rows[1]!.state]).toEqual([batch, missing])
      expect(['submitted', 'held']).toContain(rows[0]!.state)
    },
  )
})

describe('rows of a file that were missing and turn up one by one', () => {
  const shown = (csr: string) => ({ csr, certificatePem: '', errorCode: '' })

  /** Two rows, accepted, that no report shows until an operator is asked; then it shows the first. */
  async function oneTurnedUp(): Promise<{ batchId: string }> {
    const [first] = await apply('late.example.ac.jp', 'missing.example.ac.jp')
    await assembleBatches(issuance.env)
    await submitBatches(issuance.env)
    await collectReports(issuance.env)
    issuance.pass(6 * 3600 + 60)
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual(['attention'])
    issuance.upstream.report = () => Promise.resolve([shown(first!.fields.csr!)])
    await collectReports(issuance.env)
    const [row] = await issuance.look()
    return { batchId: row!.batch_id! }
  }

  it.each([
    { decision: 'resubmit', missing: 'queued' },
    { decision: 'give-up', missing: 'failed' },
  ] as const)('are not among those decided by $decision', async ({ decision, missing }) => {
    const { batchId } = await oneTurnedUp()
    await decideBatch(issuance.env, batchId, { decision, reason: 'x', actor: 'operator:test' })
    const [late, other] = await states()
    expect(['submitted', 'held']).toContain(late)
    expect(other).toBe(missing)
  })
})

describe('revocations', () => {
  /** Two certificates, whose revocations go into one file. @returns their serials */
  async function sealRevocations(): Promise<string[]> {
    const { env } = issuance
    const shared = { organisation: 'example', actor: 'operator:test' }
    const dates = { notBefore: '2026-01-01', notAfter: '2049-01-01', issuer: 'Test CA' }
    const pems = await Promise.all(
      ['7e01', '7e02'].map((serialNumber) => makeCertificate({ ...dates, serialNumber })),
    )
    const serials = await env.db.transaction().execute(async (trx) => {
      const entered: string[] = []
      for (const pem of pems) entered.push((await enterCertificate(env, trx, { ...shared, pem })).serial)
      await applyForRevocations(env, trx, { ...shared, serials: entered, reason: '1', approved: true })
      return entered
    })
    await assembleBatches(env)
    return serials
  }

  async function loseRevocations(): Promise<string[]> {
    const serials = await sealRevocations()
    loseAnswer()
    await submitBatches(issuance.env)
    expect(await states()).toEqual(['unknown', 'unknown'])
    return serials
  }

  const showRevoked = (...serials: string[]) => {
    const rows = serials.map((serial) => ({ status: 'revoked', serial, csr: '' }) as const)
    issuance.upstream.report = () => Promise.resolve(rows)
  }

  it('whose upload lost its answer are not taken for sent because a CA revoked one of the certificates', async () => {
    const [first] = await loseRevocations()
    showRevoked(first!)
    await collectReports(issuance.env)
    expect((await states()).sort()).toEqual(['revoked', 'unknown'])
    issuance.pass(10)
    await collectReports(issuance.env)
    expect(await batchStates()).toEqual(['attention'])
  })

  it('whose upload lost its answer are done when the report shows every certificate as revoked', async () => {
    showRevoked(...(await loseRevocations()))
    await collectReports(issuance.env)
    expect([await states(), await batchStates()]).toEqual([['revoked', 'revoked'], ['done']])
  })

  it.each([
    { seconds: 6 * 3600 - 60, is: 'submitted' },
    { seconds: 6 * 3600 + 60, is: 'attention' },
  ])(
    'that were taken, of which one does not show after $seconds seconds, are $is',
    async ({ seconds, is }) => {
      const serials = await sealRevocations()
      await submitBatches(issuance.env)
      showRevoked(serials[0]!)
      await collectReports(issuance.env)
      issuance.pass(seconds)
      await collectReports(issuance.env)
      expect([(await states()).sort(), await batchStates()]).toEqual([['revoked', 'submitted'], [is]])
      showRevoked(...serials)
      await collectReports(issuance.env)
      expect([await states(), await batchStates()]).toEqual([['revoked', 'revoked'], ['done']])
    },
  )
})

describe('an answer that cannot be read', () => {
  it('is kept for the operator', async () => {
    await sealOne()
    issuance.upstream.submit = () =>
      Promise.reject(new OutcomeUnknownError('another page', { page: '<h1>お知らせ</h1>' }))
    await submitBatches(issuance.env)
    const [row] = await issuance.look()
    expect(await listKeptPages(issuance.env.db, row!.batch_id!)).toMatchObject([
      { reason: 'another page', page: '<h1>お知らせ</h1>' },
    ])
  })
})
