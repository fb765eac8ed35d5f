/** A queued application whose certificate a report has told of: the service has it already. */
import type { ReportRow } from '@upki-gateway/shared/report'
import { makeCertificate, sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findCertificate } from '../store/certificates.js'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { assembleBatches } from './assemble-batches.js'
import { factsOfCertificate } from './certificate-facts.js'
import { enterCertificate } from './enter-certificate.js'
import { beginImport } from './import-report.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
})
afterEach(() => issuance.clear())
afterAll(() => issuance.close())

const make = () => makeCertificate({ issuer: 'Test CA', notBefore: '2026-01-01', serialNumber: '7d01' })
const serial = String(0x7d01)

/** Queues an application for the key of the certificate, and two for others. */
async function queueFor(certificatePem: string) {
  const rows = await issuance.apply(
    ...(await Promise.all(['www', 'a', 'b'].map((name) => sampleCsr(`${name}.example.ac.jp`)))),
  )
  const [own] = rows.filter((row) => row.common_name === 'www.example.ac.jp')
  const { spki_sha256 } = factsOfCertificate(certificatePem)
  await issuance.env.db.updateTable('applications').set({ spki_sha256 }).where('id', '=', own!.id).execute()
  return own!.id
}

async function report(certificatePem: string, status: ReportRow['status'] = 'issued') {
  const { take, end } = beginImport(issuance.env, {
    organisation: 'example',
    name: 'server',
    actor: 'gateway',
  })
  const row = {
    subjectDn: 'CN=a',
    profileId: '3',
    oldSerial: '',
    subscriberEmail: '',
    fqdn: 'www.example.ac.jp',
  }
  await take({ ...row, serial, certificatePem, status, revocationReason: '1' } as ReportRow)
  await end()
}

const states = async () =>
  (await issuance.look()).map(({ common_name: name, state }) => `${name} ${state}`).toSorted()

describe('a queued application whose certificate a report has', () => {
  it('is issued with it and not sent, and the others go', async () => {
    const pem = await make()
    const id = await queueFor(pem)
    await report(pem)
    await assembleBatches(issuance.env)
    expect(await states()).toEqual([
      'a.example.ac.jp batched',
      'b.example.ac.jp batched',
      'www.example.ac.jp issued',
    ])
    const certificate = await findCertificate(issuance.env.db, { organisation: 'example', serial })
    expect(certificate).toMatchObject({ application_id: id, origin: 'issued', status: 'valid' })
    expect(await issuance.batches()).toHaveLength(1)
  })

  it('is taken out of a file that was sealed before, which goes without it', async () => {
    const pem = await make()
    await queueFor(pem)
    await assembleBatches(issuance.env)
    await report(pem)
    await assembleBatches(issuance.env)
    expect((await states())[2]).toBe('www.example.ac.jp issued')
    expect((await issuance.batches()).map(({ state }) => state)).toEqual(['refused', 'sealed'])
  })

  it('stays in a file that is being uploaded, or was', async () => {
    const pem = await make()
    await queueFor(pem)
    await assembleBatches(issuance.env)
    await issuance.env.db.updateTable('batches').set({ state: 'unknown' }).execute()
    await report(pem)
    expect((await issuance.batches()).map(({ state }) => state)).toEqual(['unknown'])
  })

  it('is revoked where the report says so', async () => {
    const pem = await make()
    await queueFor(pem)
    await report(pem, 'revoked')
    await assembleBatches(issuance.env)
    expect((await states())[2]).toBe('www.example.ac.jp revoked')
  })

  it('is not sent either while its chain is not configured', async () => {
    const pem = await make()
    await queueFor(pem)
    await report(pem)
    issuance.upstream.chainFor = () => {
      throw new Error('no chain')
    }
    await assembleBatches(issuance.env)
    expect((await states())[2]).toBe('www.example.ac.jp queued')
  })
})

describe('a queued application for whose key somebody entered a certificate', () => {
  it('is sent: anybody can make one', async () => {
    const pem = await make()
    await queueFor(pem)
    const { env } = issuance
    const entered = { organisation: 'example', pem, actor: 'token:test' }
    await env.db.transaction().execute((trx) => enterCertificate(env, trx, entered))
    await assembleBatches(env)
    expect((await states())[2]).toBe('www.example.ac.jp batched')
  })
})
