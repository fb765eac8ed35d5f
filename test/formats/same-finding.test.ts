/** One wrong row looks the same wherever it is told: REST, ACME subproblems and the command line. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Finding } from '@upki-gateway/shared/problem'
import { makeCsr, organisation } from '@upki-gateway/shared/testing'
import { AcmeClient } from '../../packages/server/src/testing/acme-client.js'
import { type TestGateway, startTestGateway } from '../../packages/server/src/testing/gateway.js'

const name = 'wrong.example.ac.jp'
const bundler = fileURLToPath(new URL('../../scripts/bundle-client.mjs', import.meta.url))

let gateway: TestGateway
let folder: string
/** With a challenge password; the subject has an OU and another L. */
let csr: string

beforeAll(async () => {
  gateway = await startTestGateway()
  folder = mkdtempSync(join(tmpdir(), 'upki-same-'))
  execFileSync(process.execPath, [bundler, join(folder, 'upki-client.mjs')])
  const subject = `C=JP,ST=Tokyo,L=Default City,O=Example University,OU=Science,CN=${name}`
  csr = await makeCsr({ subject, dnsNames: [name], challengePassword: 'secret' })
})
afterAll(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true, force: true })
})

const errorsOf = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ grade }) => grade === 'error')

const row = () => ({
  csr,
  fqdn: name,
  dnsNames: [name],
  subscriberEmail: 'taro@example.ac.jp',
  software: 'nginx',
})

async function byRest(path: string): Promise<Finding[]> {
  const token = await gateway.token(['applications:write'])
  const answer = await gateway.http.post(path).set('authorization', `Bearer ${token}`).send([row()])
  return errorsOf((answer.body as { findings: Finding[] }).findings)
}

async function byAcme(): Promise<Finding[]> {
  const client = await AcmeClient.registered(gateway)
  const identifiers = [{ type: 'dns', value: name }]
  const { body: order } = await client.post(client.url('new-order'), { identifiers })
  const { body } = await client.post(String(order.finalize), {
    csr: Buffer.from(csr, 'base64').toString('base64url'),
  })
  await client.close()
  return errorsOf((body.subproblems as { finding: Finding }[]).map(({ finding }) => finding))
}

function byCommandLine(): Promise<Finding[]> {
  writeFileSync(join(folder, 'upki.json'), JSON.stringify({ organisation }))
  writeFileSync(join(folder, 'rows.json'), JSON.stringify([row()]))
  const args = ['upki-client.mjs', 'tsv', 'check', '--json', '--config', 'upki.json', 'rows.json']
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_, stdout) => {
      const { files } = JSON.parse(stdout) as { files: { findings: Finding[] }[] }
      resolve(errorsOf(files[0]?.findings ?? []))
    })
  })
}

it('a wrong row gives literally the same findings in REST, ACME and the command line', async () => {
  const wanted = await byCommandLine()
  expect(wanted.map(({ code }) => code)).toEqual([
    'csrSubjectUnexpected',
    'csrSubjectDiffers',
    'csrChallengePassword',
  ])
  expect(await byRest('/v1/validations')).toEqual(wanted)
  expect(await byRest('/v1/applications')).toEqual(wanted)
  expect(await byAcme()).toEqual(wanted)
})
