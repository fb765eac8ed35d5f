/** One serial and several certificates: an organisation's inventory is what it and its reports say, not what others enter. */
import type { ReportRow } from '@upki-gateway/shared/report'
import { makeCertificate } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { countUnsealed } from '../store/audit-chain.js'
import { sealAudit } from '../audit/seal-audit.js'
import { findCertificate } from '../store/certificates.js'
import { findHistory } from '../store/history.js'
import { listUnconfirmed } from '../store/inventory.js'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { enterCertificate } from './enter-certificate.js'
import { beginImport } from './import-report.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterEach(() => issuance.clear())
afterAll(() => issuance.close())

const SERIAL = 0x7f01
const serial = String(SERIAL)

interface Made {
  commonName: string
  serialNumber?: string
  issuer?: string
}

const make = ({ commonName, serialNumber = SERIAL.toString(16), issuer = 'Test CA' }: Made) =>
  makeCertificate({ commonName, issuer, notBefore: '2026-01-01', serialNumber })

/** As an operator of `example` does it. */
const enter = async (pem: string) => {
  const { env } = issuance
  const entered = { organisation: 'example', pem, actor: 'token:test' }
  return env.db.transaction().execute((trx) => enterCertificate(env, trx, entered))
}

async function report(organisation: string, ...rows: Partial<ReportRow>[]) {
  const { source, take, end } = beginImport(issuance.env, { organisation, name: 'server', actor: 'gateway' })
  const blank = { subjectDn: 'CN=a', profileId: '3', oldSerial: '', subscriberEmail: '', serial }
  for (const row of rows) await take({ ...blank, status: 'issued', ...row } as ReportRow)
  await end()
  return source.counts
}

const look = (organisation: string) => findCertificate(issuance.env.db, { organisation, serial })

const newestOf = async (organisation: string, name: string) => {
  const { newest } = await findHistory(issuance.env.db, { organisation, names: [name], keys: [] })
  return newest.get(name)?.serial
}

const theirs = 'www.example.jp'

describe('a certificate that an organisation enters under the serial of another', () => {
  it("leaves the other's report to tell of its own", async () => {
    await enter(await make({ commonName: 'a.example.ac.jp' }))
    const certificatePem = await make({ commonName: theirs })
    expect(await report('other', { certificatePem, fqdn: theirs })).toMatchObject({ added: 1 })
    expect(await newestOf('other', theirs)).toBe(serial)
    expect(await look('example')).toMatchObject({ common_name: 'a.example.ac.jp', origin: 'entered' })
  })

  it('is neither revoked nor replaced by what befalls the other', async () => {
    await enter(await make({ commonName: 'a.example.ac.jp' }))
    const certificatePem = await make({ commonName: theirs })
    await report('other', { certificatePem, fqdn: theirs })
    await report('other', { certificatePem, fqdn: theirs, status: 'revoked', revocationReason: '1' })
    expect([(await look('other'))?.status, (await look('example'))?.status]).toEqual(['revoked', 'valid'])
  })

  it('is not what another replaces', async () => {
    const certificatePem = await make({ commonName: theirs })
    await report('other', { certificatePem, fqdn: theirs, status: 'replaced' })
    const successor = await make({ commonName: 'a.example.ac.jp', serialNumber: '7f02' })
    const { env } = issuance
    const entered = { organisation: 'example', pem: successor, replacesSerial: serial, actor: 'token:test' }
    await env.db.transaction().execute((trx) => enterCertificate(env, trx, entered))
    const due = { organisation: 'other', now: new Date('2026-02-01'), limit: 9, since: env.now() }
    expect(await listUnconfirmed(env.db, due)).toEqual([])
  })

  it('keeps the audit log readable', async () => {
    await enter(await make({ commonName: 'a.example.ac.jp' }))
    await report('other', { certificatePem: await make({ commonName: theirs }), fqdn: theirs })
    await sealAudit(issuance.env, { wait: true })
    expect(await countUnsealed(issuance.env.db)).toBe(0)
  })
})

describe('a certificate that an organisation enters under a serial of its own', () => {
  it('gives way to what its report has', async () => {
    await enter(await make({ commonName: 'wrong.example.ac.jp' }))
    const certificatePem = await make({ commonName: 'right.example.ac.jp' })
    expect(await report('example', { certificatePem, fqdn: 'right.example.ac.jp' })).toMatchObject({
      added: 1,
    })
    expect(await look('example')).toMatchObject({ common_name: 'right.example.ac.jp', origin: 'report' })
    expect(await report('example', { certificatePem, fqdn: 'right.example.ac.jp' })).toMatchObject({
      added: 0,
    })
  })

  it('stays as it was entered when the report has the same', async () => {
    const certificatePem = await make({ commonName: 'a.example.ac.jp' })
    await enter(certificatePem)
    expect(await report('example', { certificatePem, fqdn: 'a.example.ac.jp' })).toMatchObject({ added: 0 })
    expect(await look('example')).toMatchObject({ origin: 'entered' })
  })
})
