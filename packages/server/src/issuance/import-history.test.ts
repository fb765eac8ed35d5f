/** What others did at the service: seen when the whole report is read again. */
import type { ReportRow } from '@upki-gateway/shared/report'
import { makeCertificate } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { importHistory } from './import-history.js'

let issuance: TestIssuance
let row: Partial<ReportRow>
let readings: number

beforeAll(async () => {
  issuance = await openTestIssuance()
  const certificatePem = await certificateWith('7f01')
  row = { ...blank, serial: String(0x7f01), certificatePem, fqdn: 'www.example.ac.jp' }
})
beforeEach(async () => {
  await issuance.env.db.deleteFrom('report_imports').execute()
  await issuance.clear()
  issuance.pass(DAY)
  readings = 0
  show('issued')
})
afterAll(() => issuance.close())

const OTHER = 'Another, Inc. University'
const certificateWith = (serialNumber: string) =>
  makeCertificate({ issuer: 'Test CA', notBefore: '2026-01-01', serialNumber })

const HOUR = 3600
const DAY = 24 * HOUR
const blank = { subjectDn: 'CN=www.example.ac.jp', profileId: '3', oldSerial: '', subscriberEmail: '' }

/** Both reports show the certificate like this. */
function show(status: ReportRow['status']): void {
  issuance.upstream.report = () => {
    readings += 1
    return Promise.resolve([{ ...row, status, revocationReason: '1' }])
  }
}

const known = async () => {
  const rows = await issuance.env.db.selectFrom('certificates').select(['serial', 'status']).execute()
  return rows.map(({ status }) => status)
}

describe('the history', () => {
  it('leaves out a row that cannot be stored, and keeps the others', async () => {
    const other = await makeCertificate({
      ...{ issuer: 'Test CA', notBefore: '2026-01-01', serialNumber: '7f02' },
    })
    const broken = { ...row, serial: String(0x7f02), certificatePem: other, subjectDn: 'CN=a\0b' }
    issuance.upstream.report = () => Promise.resolve([broken, { ...row, status: 'issued' }])
    await importHistory(issuance.env)
    expect(await known()).toEqual(['valid'])
  })

  it('is read at first, both reports of it, and not again at once', async () => {
    await importHistory(issuance.env)
    await importHistory(issuance.env)
    expect([await known(), readings]).toEqual([['valid'], 2])
  })

  it.each([
    { hours: 23, status: 'valid' },
    { hours: 24, status: 'revoked' },
  ])(
    'tells $hours hours later that a certificate which a CA revoked is $status',
    async ({ hours, status }) => {
      await importHistory(issuance.env)
      show('revoked')
      issuance.pass(hours * HOUR)
      await importHistory(issuance.env)
      expect(await known()).toEqual([status])
    },
  )

  it('is read again soon after it could not be read', async () => {
    await importHistory(issuance.env)
    issuance.pass(DAY)
    issuance.upstream.report = () => Promise.reject(new Error('no answer'))
    await importHistory(issuance.env)
    show('revoked')
    issuance.pass(4.9)
    await importHistory(issuance.env)
    expect(await known()).toEqual(['valid'])
    issuance.pass(0.1)
    await importHistory(issuance.env)
    expect(await known()).toEqual(['revoked'])
  })

  it('is not read while the service is down for maintenance', async () => {
    const [settings] = issuance.env.config.issuanceSystems
    if (settings?.adapter !== 'screens') throw new Error('not configured as this test needs it')
    const now = issuance.env.now().getTime()
    settings.maintenance = [{ from: new Date(now - 1000), to: new Date(now + 60_000) }]
    await importHistory(issuance.env)
    expect(readings).toBe(0)
    issuance.pass(61)
    await importHistory(issuance.env)
    settings.maintenance = []
    expect(readings).toBe(2)
  })

  it.each([
    { minutes: 59, reports: 1 },
    { minutes: 60, reports: 2 },
  ])(
    'is read by another process $minutes minutes after one died over the first report: $reports of two',
    async ({ minutes, reports }) => {
      await importHistory(issuance.env)
      issuance.pass(DAY)
      await new Promise<void>((begun) => {
        issuance.upstream.report = () => {
          begun()
          return new Promise(() => {})
        }
        void importHistory(issuance.env)
      })
      readings = 0
      show('revoked')
      issuance.pass(minutes * 60)
      await importHistory({ ...issuance.env })
      expect(readings).toBe(reports)
    },
  )

  it('is read once for all organisations of the issuance system, and each gets its own', async () => {
    const { config, db } = issuance.env
    const [example] = config.organisations
    const other = { ...example!, id: 'other', organizationName: OTHER }
    const rows = ['Example University', OTHER].map(async (organization, index) => ({
      ...{ ...row, subjectDn: `CN=www.example.ac.jp,O=${organization},C=JP`, status: 'issued' as const },
      ...{ serial: String(0x7f10 + index), certificatePem: await certificateWith(`7f1${index}`) },
    }))
    issuance.upstream.report = () => {
      readings += 1
      return Promise.all(rows)
    }
    await importHistory({ ...issuance.env, config: { ...config, organisations: [example!, other] } })
    const certificates = db.selectFrom('certificates').select(['organisation', 'serial']).orderBy('serial')
    expect([readings, await certificates.execute()]).toEqual([
      2,
      [
        { organisation: 'example', serial: String(0x7f10) },
        { organisation: 'other', serial: String(0x7f11) },
      ],
    ])
  })

  it('is read when an organisation joins the issuance system, for that decides between issue and renewal', async () => {
    const { config, db } = issuance.env
    const [example] = config.organisations
    const [own, theirs] = ['Example University', OTHER].map(
      (organization) => `CN=www.example.ac.jp,O=${organization},C=JP`,
    )
    issuance.upstream.report = async () => {
      readings += 1
      const certificatePem = await certificateWith('7f21')
      const of = { ...row, status: 'issued' as const }
      return [
        { ...of, subjectDn: own },
        { ...of, subjectDn: theirs, serial: String(0x7f21), certificatePem },
      ]
    }
    const sharing = (organisations: typeof config.organisations) => ({
      ...issuance.env,
      config: { ...config, organisations },
    })
    await importHistory(sharing([example!]))
    const both = [example!, { ...example!, id: 'other', organizationName: OTHER }]
    await importHistory(sharing(both))
    await importHistory(sharing(both))
    const certificates = await db
      .selectFrom('certificates')
      .select('serial')
      .where('organisation', '=', 'other')
      .execute()
    expect([readings, certificates]).toEqual([4, [{ serial: String(0x7f21) }]])
  })

  it('is read by one of two processes', async () => {
    await importHistory(issuance.env)
    issuance.pass(DAY)
    await Promise.all([issuance.env, { ...issuance.env }].map((env) => importHistory(env)))
    expect(readings).toBe(4)
  })
})
