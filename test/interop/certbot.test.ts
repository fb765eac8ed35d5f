/** certbot from Debian, unmodified: RFC 8555 as its users meet it. Flags: docs/acme-clients.md. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import {
  countRevocations,
  makeCsr,
  makeFolder,
  type Outcome,
  paste,
  registerCertbot,
  runCertbot,
} from './programs.js'

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

const certbot = (...args: string[]): Promise<Outcome> => runCertbot({ system, folder }, args)

const certonly = (csr: string, out: string): Promise<Outcome> =>
  certbot(
    ...['certonly', '--standalone', '--csr', csr, '--issuance-timeout', '120'],
    ...[
      '--cert-path',
      `${out}.pem`,
      '--chain-path',
      `${out}-chain.pem`,
      '--fullchain-path',
      `${out}-full.pem`,
    ],
  )

/**
 * The details of the problems in the log of the last run: certbot 2.1 on Python 3.11 fails while it prints one
 * (`AttributeError: can't set attribute`), for any server. Seen 2026-11-22.
 */
function told(): string {
  const log = readFileSync(join(folder, 'logs', 'letsencrypt.log'), 'utf8')
  const details = log.matchAll(/"detail":\s*("(?:[^"\\]|\\.)*")/g)
  return [...details].map(([, text = '""']) => JSON.parse(text) as string).join('\n')
}

const certificateIn = (file: string) => new X509Certificate(readFileSync(join(folder, file)))

describe('certbot', () => {
  it('registers with an EAB credential', async () => {
    expect(await registerCertbot({ system, folder })).toMatchObject({ code: 0 })
  })

  it('obtains a certificate for a CSR with the full subject', async () => {
    const names = ['www.example.ac.jp', 'web.example.ac.jp']
    const outcome = await certonly(await makeCsr(folder, 'first.csr', names), 'first')
    expect(outcome).toMatchObject({ code: 0 })
    const certificate = certificateIn('first.pem')
    expect(certificate.subject).toContain('CN=www.example.ac.jp')
    expect(certificate.subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(', '))
    expect(existsSync(join(folder, 'first-chain.pem'))).toBe(true)
  })

  it('renews with another CSR, and gets another certificate', async () => {
    const names = ['www.example.ac.jp', 'web.example.ac.jp']
    const outcome = await certonly(await makeCsr(folder, 'second.csr', names), 'second')
    expect(outcome).toMatchObject({ code: 0 })
    expect(certificateIn('second.pem').serialNumber).not.toBe(certificateIn('first.pem').serialNumber)
  })

  it('is told which CSR is wanted, by a command that works as pasted', async () => {
    await paste(
      folder,
      'openssl req -new -newkey rsa:2048 -nodes -keyout bare.key -out bare.csr -subj /CN=told.example.ac.jp -addext subjectAltName=DNS:told.example.ac.jp',
    )
    const refused = await certonly('bare.csr', 'told')
    expect(refused.code).not.toBe(0)
    const [command = ''] = /openssl req -new .*?-addext "[^"]*"/.exec(told()) ?? []
    expect(command).toContain('/C=JP/ST=Tokyo/L=Chiyoda-ku/O=Example University/CN=told.example.ac.jp')
    await paste(folder, command)
    expect(await certonly('request.pem', 'told')).toMatchObject({ code: 0 })
  })

  it('revokes by its account, and is told when it is done already', async () => {
    const before = await countRevocations(system)
    const revoke = () =>
      certbot('revoke', '--cert-path', 'first.pem', '--reason', 'superseded', '--no-delete-after-revoke')
    expect(await revoke()).toMatchObject({ code: 0 })
    expect((await revoke()).code).not.toBe(0)
    expect(told()).toContain('revoked')
    expect(await countRevocations(system)).toBe(before + 1)
  })

  it('revokes by the key of the certificate', async () => {
    const before = await countRevocations(system)
    const args = ['--cert-path', 'second.pem', '--key-path', 'second.csr.key', '--no-delete-after-revoke']
    expect(await certbot('revoke', ...args)).toMatchObject({ code: 0 })
    expect(await countRevocations(system)).toBe(before + 1)
  })

  it('deactivates its account', async () => {
    expect(await certbot('unregister')).toMatchObject({ code: 0 })
  })
})
