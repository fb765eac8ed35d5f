/** lego from Debian, unmodified. Flags: docs/acme-clients.md. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { countRevocations, makeCsr, makeFolder, type Outcome, runLego } from './programs.js'

let system: TestSystem
const directory = makeDirectory()
const folder = makeFolder()

beforeAll(async () => {
  system = await startIn(directory)
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
  rmSync(folder, { recursive: true, force: true })
})

const name = 'lego.example.ac.jp'

const lego = (args: readonly string[], command: readonly string[]): Promise<Outcome> =>
  runLego({ system, folder }, ['--http', '--cert.timeout', '120', ...args, ...command])

const issued = () => new X509Certificate(readFileSync(join(folder, 'lego', 'certificates', `${name}.crt`)))

describe('lego', () => {
  it('registers with an EAB credential and obtains a certificate for a CSR', async () => {
    const csr = await makeCsr(folder, 'first.csr', [name])
    expect(await lego(['--csr', csr], ['run'])).toMatchObject({ code: 0 })
    expect(issued().subject).toContain(`CN=${name}`)
  })

  it('renews with another CSR', async () => {
    const before = issued().serialNumber
    const csr = await makeCsr(folder, 'second.csr', [name])
    const outcome = await lego(['--csr', csr], ['renew', '--days', '400', '--no-random-sleep'])
    expect(outcome).toMatchObject({ code: 0 })
    expect(issued().serialNumber).not.toBe(before)
  })

  it('gives up waiting, comes back with the same CSR, and gets what it ordered', async () => {
    const slow = 'slow.example.ac.jp'
    await system.turnKnobs({ latencyMs: 20_000 })
    const csr = await makeCsr(folder, 'slow.csr', [slow])
    // The later --cert.timeout counts.
    expect((await lego(['--csr', csr, '--cert.timeout', '3'], ['run'])).code).not.toBe(0)
    expect(await lego(['--csr', csr], ['run'])).toMatchObject({ code: 0 })
    await system.turnKnobs({ latencyMs: 0 })
    const response = await system.call(`/v1/applications?commonName=${slow}`)
    const { applications } = (await response.json()) as { applications: { state: string }[] }
    expect(applications).toMatchObject([{ state: 'issued' }])
  })

  it('revokes', async () => {
    const before = await countRevocations(system)
    expect(await lego(['--domains', name], ['revoke', '--reason', '4'])).toMatchObject({ code: 0 })
    expect(await countRevocations(system)).toBe(before + 1)
  })
})
