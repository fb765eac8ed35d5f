/** Certificates and their alternate chains (RFC 8555 §7.4.2), with a CA that is cross-signed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeClient, outcomeOf, urlOf } from '../testing/acme-client.js'
import { type CrossSigned, makeCrossSigned, writePems } from '../testing/cross-signed.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'
import { issueFor } from '../testing/issue.js'

let directory: string
let pki: CrossSigned
let gateway: TestGateway
let client: AcmeClient
let other: AcmeClient
let url: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upki-chains-'))
  pki = await makeCrossSigned()
  const chainFiles = writePems(directory, pki.issuing, pki.cross, pki.root)
  gateway = await startTestGateway({
    change: (config) => ({
      ...config,
      issuanceSystems: config.issuanceSystems.map((system) => ({ ...system, chainFiles })),
    }),
  })
  client = await AcmeClient.registered(gateway)
  other = await AcmeClient.registered(gateway)
  const { order, serial } = await issueFor(gateway, client, ['www.example.ac.jp'])
  await gateway.env.db
    .updateTable('certificates')
    .set({ pem: pki.leaf, chain_pem: pki.issuing + pki.cross })
    .where('serial', '=', serial)
    .execute()
  url = `${urlOf(order)}/certificate`
})

afterAll(async () => {
  await client.close()
  await other.close()
  await gateway.close()
  rmSync(directory, { recursive: true, force: true })
})

const linksOf = (headers: Headers): string[] => (headers.get('link') ?? '').split(', ')
const lines = (text: string): string => text.replaceAll(/\n+/g, '\n')

describe('a certificate', () => {
  it('comes with the preferred chain, and a link to the other one', async () => {
    const { text, headers } = await client.post(url)
    expect(lines(text)).toBe(lines(pki.leaf + pki.issuing + pki.cross))
    expect(linksOf(headers)).toEqual([
      `<${client.url('directory')}>;rel="index"`,
      `<${url}/1>;rel="alternate"`,
    ])
  })

  it('is had by that link with the same leaf and the shorter chain, and a link back', async () => {
    const { status, text, headers } = await client.post(`${url}/1`)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/pem-certificate-chain'])
    expect(lines(text)).toBe(lines(pki.leaf + pki.issuing))
    expect(linksOf(headers)).toContain(`<${url}>;rel="alternate"`)
  })

  it.each(['2', '0', '01', '-1', 'x', '100', '1/1'])('has no chain %s', async (place) => {
    expect((await client.post(`${url}/${place}`)).status).toBe(404)
  })

  it('O1 is as unknown to another account by every link', async () => {
    for (const each of [url, `${url}/1`]) expect(outcomeOf(await other.post(each))).toBe('404 malformed')
  })
})
