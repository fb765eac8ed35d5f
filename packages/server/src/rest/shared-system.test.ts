/** Two organisations on one issuance system: each one's operator carries its own files and reports, and touches no others. */
import { makeCertificate, sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../config.js'
import { scopes } from '../policy/scopes.js'
import { byHand, makeReport } from '../testing/by-hand.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
const tokens: Record<string, string> = {}

const OTHER = 'Another, Inc. University'

const twoOrganisations = (config: Config): Config => {
  const [example] = config.organisations
  const other = { ...example!, id: 'other', organizationName: OTHER, domains: ['example.org'] }
  return { ...byHand(config), organisations: [example!, other] }
}

beforeAll(async () => {
  gateway = await startTestGateway({ change: twoOrganisations })
  for (const organisation of ['example', 'other'])
    tokens[organisation] = await gateway.token(scopes, { organisation })
})
afterAll(() => gateway.close())

const as = (organisation: string) => {
  const authorization = `Bearer ${tokens[organisation]}`
  return {
    get: (path: string) => gateway.http.get(path).set({ authorization }),
    post: (path: string) => gateway.http.post(path).set({ authorization }),
  }
}

const giveReport = (organisation: string, ...rows: Record<number, string>[]) =>
  as(organisation)
    .post(`/v1/reports?name=server&takenAt=${new Date().toISOString()}`)
    .type('text/tab-separated-values')
    .send(makeReport(...rows))

/** A file of the sample organisation, of which nobody knows whether the service took it. */
async function lostFile(commonName: string): Promise<{ id: string; csr: string }> {
  const { get, post } = as('example')
  const pem = await sampleCsr(commonName)
  await post('/v1/applications').send({
    ...{ csr: pem, subscriberEmail: 'taro@example.ac.jp', software: 'nginx' },
  })
  let batches: { id: string }[] = []
  while (batches.length === 0)
    batches = ((await get('/v1/batches?state=sealed')).body as { batches: { id: string }[] }).batches
  const [{ id } = { id: '' }] = batches
  await get(`/v1/batches/${id}/tsv`)
  await post(`/v1/batches/${id}/outcome`).send({ outcome: 'unknown' })
  return { id, csr: pem.replace(/-----[^-]+-----|\s/g, '') }
}

const stateOf = async (id: string) =>
  ((await as('example').get(`/v1/batches/${id}`)).body as { state: string }).state

const commonNames = async (organisation: string) =>
  (
    (await as(organisation).get('/v1/certificates')).body as { certificates: { commonName: string }[] }
  ).certificates
    .map(({ commonName }) => commonName)
    .sort()

describe("a report of another organisation's operator, on the same issuance system", () => {
  it('that lacks the rows of a lost upload proves nothing, and that of its own operator does', async () => {
    const { id } = await lostFile('absent.example.ac.jp')
    await giveReport('other')
    expect(await stateOf(id)).toBe('unknown')
    await giveReport('example')
    expect(await stateOf(id)).toBe('attention')
  })

  it('that shows the rows of a lost upload proves nothing either', async () => {
    const { id, csr } = await lostFile('present.example.ac.jp')
    const row = { 4: `CN=present.example.ac.jp,O=${OTHER},C=JP`, 12: '1', 18: csr }
    const answer = await giveReport('other', row)
    expect([answer.body, await stateOf(id)]).toMatchObject([{ matched: 0 }, 'unknown'])
  })

  it.each([
    { rest: ',L=Chiyoda-ku,ST=Tokyo,C=JP' },
    // As other programs write it, and with nothing behind.
    { rest: '' },
  ])('brings certificates to that organisation alone whose O is in the subject ($rest)', async ({ rest }) => {
    const number = rest.length + 0x100
    const row = async (name: string, organizationName: string, serial: number) => ({
      ...{ 4: `CN=${name},O=${organizationName}${rest}`, 11: '11', 12: '5', 16: name, 24: String(serial) },
      23: (
        await makeCertificate({
          ...{ commonName: name, issuer: 'Test CA', serialNumber: serial.toString(16) },
          ...{ notBefore: '2026-01-01', notAfter: '2049-01-01' },
        })
      ).replace(/-----[^-]+-----|\s/g, ''),
    })
    const rows = [
      await row(`a${number}.example.ac.jp`, 'Example University', number * 2),
      await row(`b${number}.example.org`, OTHER, number * 2 + 1),
    ]
    const before = await commonNames('example')
    const answer = await giveReport('other', ...rows)
    expect(answer.body).toMatchObject({ rows: 1, added: 1 })
    expect(await commonNames('other')).toContain(`b${number}.example.org`)
    expect(await commonNames('example')).toEqual(before)
    await giveReport('example', ...rows)
    expect(await commonNames('example')).toEqual([...before, `a${number}.example.ac.jp`].sort())
  })
})
