/**
 * An issuance system that takes two minutes: stock clients give up by their own defaults, come back with the
 * same CSR and get what they ordered, with one application each. Flags: docs/acme-clients.md.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { crypto } from 'acme-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { openLibrary, terms } from './acme-library.js'
import { makeCsr, makeFolder, type Outcome, registerCertbot, runCertbot, runLego } from './programs.js'

let system: TestSystem
const directory = makeDirectory()
const folder = makeFolder()

beforeAll(async () => {
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 120_000 })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
  rmSync(folder, { recursive: true, force: true })
})

const certbot = (...args: string[]): Promise<Outcome> => runCertbot({ system, folder }, args)

const lego = (...args: string[]): Promise<Outcome> => runLego({ system, folder }, ['--http', ...args, 'run'])

/** States of all applications for the name: a client that comes back must not have made another. */
async function applicationsFor(name: string): Promise<string[]> {
  const response = await system.call(`/v1/applications?commonName=${name}`)
  const { applications } = (await response.json()) as { applications: { state: string }[] }
  return applications.map(({ state }) => state)
}

const MINUTES = 60_000

// All wait at once, so that two minutes are two minutes.
describe.concurrent('an issuance of two minutes', () => {
  it('is waited for by certbot in a second run', { timeout: 8 * MINUTES }, async () => {
    const name = 'slow-certbot.example.ac.jp'
    expect(await registerCertbot({ system, folder })).toMatchObject({ code: 0 })
    const csr = await makeCsr(folder, 'certbot.csr', [name])
    const paths = ['cert', 'chain', 'fullchain'].flatMap((part) => [`--${part}-path`, `${part}.pem`])
    const certonly = ['certonly', '--standalone', '--csr', csr, ...paths]
    expect((await certbot(...certonly, '--issuance-timeout', '20')).code).not.toBe(0)
    expect(await certbot(...certonly, '--issuance-timeout', '1800')).toMatchObject({ code: 0 })
    expect(new X509Certificate(readFileSync(join(folder, 'cert.pem'))).subject).toContain(`CN=${name}`)
    expect(await applicationsFor(name)).toEqual(['issued'])
  })

  it('is waited for by lego in a second run', { timeout: 8 * MINUTES }, async () => {
    const name = 'slow-lego.example.ac.jp'
    const csr = await makeCsr(folder, 'lego.csr', [name])
    // By its default it waits 30 seconds.
    expect((await lego('--csr', csr)).code).not.toBe(0)
    expect(await lego('--csr', csr, '--cert.timeout', '1800')).toMatchObject({ code: 0 })
    expect(await applicationsFor(name)).toEqual(['issued'])
  })

  it('is not begun anew by lego with another CSR', { timeout: 8 * MINUTES }, async () => {
    const name = 'slow-other.example.ac.jp'
    const first = await makeCsr(folder, 'other-1.csr', [name])
    const second = await makeCsr(folder, 'other-2.csr', [name])
    const path = ['--path', 'lego-other']
    expect((await lego(...path, '--csr', first, '--cert.timeout', '3')).code).not.toBe(0)
    const { code, output } = await lego(...path, '--csr', second, '--cert.timeout', '3')
    expect(code).not.toBe(0)
    expect(output).toContain('another CSR')
    expect(await lego(...path, '--csr', first, '--cert.timeout', '1800')).toMatchObject({ code: 0 })
    expect(await applicationsFor(name)).toEqual(['issued'])
  })

  it('is waited for by acme-client in a second run', { timeout: 8 * MINUTES }, async () => {
    const name = 'slow-library.example.ac.jp'
    const csr = readFileSync(join(folder, await makeCsr(folder, 'library.csr', [name])))
    const accountKey = await crypto.createPrivateEcdsaKey()
    const hasty = await openLibrary(system, { accountKey, backoffAttempts: 3 })
    const patient = await openLibrary(system, { accountKey, backoffAttempts: 60 })
    const none = () => Promise.resolve()
    const order = { ...terms, csr, challengeCreateFn: none, challengeRemoveFn: none }
    await expect(hasty.auto(order)).rejects.toThrow()
    expect(new X509Certificate(await patient.auto(order)).subject).toContain(`CN=${name}`)
    expect(await applicationsFor(name)).toEqual(['issued'])
  })
})
