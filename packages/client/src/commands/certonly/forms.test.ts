/** The forms in which a certificate can be had: for a foreign key, as PKCS#12, with a key that services can read. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPkcs12 } from '../../inspect/pkcs12.js'
import { createCsr } from '../../keystore/csr.js'
import { AcmeServer } from '../../testing/acme-server.js'
import { certonlyIn, makeWorkspace, type Workspace } from '../../testing/run-in-process.js'
import { explainError } from '../explain-error.js'

const name = 'www.example.jp'
let server: AcmeServer
let workspace: Workspace
beforeEach(async () => {
  server = await AcmeServer.start()
  workspace = await makeWorkspace()
})
afterEach(async () => {
  await server.stop()
  await workspace.remove()
})

const certonly = (options: Parameters<typeof certonlyIn>[1]) =>
  certonlyIn(workspace, { server: server.directoryUrl, ...options })
const mode = (...parts: string[]) => (statSync(workspace.path(...parts)).mode & 0o777).toString(8)
const refusal = (run: Promise<unknown>) => run.then(() => expect.fail('it should have failed'), explainError)

async function makeCsr(names = [name, 'web.example.jp']): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const path = workspace.path('request.csr')
  writeFileSync(path, await createCsr({ names, keyType: 'p384', privateKey: pem }))
  return path
}

describe('--csr', () => {
  const outputs = () => ({
    certPath: workspace.path('c.pem'),
    chainPath: workspace.path('ch.pem'),
    fullchainPath: workspace.path('f.pem'),
  })

  it('gets a certificate for a key that is not here, as plain files', async () => {
    const { result } = await certonly({ csr: await makeCsr(), ...outputs() })
    expect(result).toMatchObject({ outcome: 'issued', paths: { cert: outputs().certPath } })
    expect(readFileSync(outputs().fullchainPath, 'utf8')).toBe(
      readFileSync(outputs().certPath, 'utf8') + readFileSync(outputs().chainPath, 'utf8'),
    )
    expect(existsSync(workspace.path('live'))).toBe(false)
  })

  it.each([
    { name: 'a device', place: () => '/dev/null', says: 'no regular file' },
    { name: 'standard output', place: () => '/dev/stdout', says: 'no regular file' },
    { name: 'a folder', place: () => workspace.configDir, says: 'no regular file' },
    { name: 'a folder that is not there', place: () => workspace.path('no', 'c.pem'), says: 'no folder' },
  ])('is not ordered where the place for a file is $name', async ({ place, says }) => {
    const csr = await makeCsr()
    const { outcome, text } = await refusal(certonly({ csr, ...outputs(), chainPath: place() }))
    expect(outcome).toBe('usage')
    expect(text.en).toContain('--chain-path')
    expect(text.en).toContain(says)
    expect(server.orders).toHaveLength(0)
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('goes on with the order of the same CSR', async () => {
    server.settings.processingAnswers = Infinity
    const csr = await makeCsr()
    await refusal(certonly({ csr, ...outputs(), wait: false }))
    server.settings.processingAnswers = 0
    expect((await certonly({ csr, ...outputs() })).outcome).toBe('done')
    expect(server.orders).toHaveLength(1)
  })

  it('keeps nothing of a certificate for another key', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey
    server.settings.chain = async (_pem, request) => {
      const spki = other.export({ type: 'spki', format: 'der' })
      const { PublicKey } = await import('@peculiar/x509')
      return server.ca.issue({
        names: [name, 'web.example.jp'],
        publicKey: new PublicKey(spki),
        subject: request.subject,
      })
    }
    const { text } = await refusal(certonly({ csr: await makeCsr(), ...outputs() }))
    expect(text.en).toContain('another key')
    expect(existsSync(outputs().certPath)).toBe(false)
  })

  it.each([
    { title: 'no CSR', make: () => Promise.resolve(workspace.path('missing')), says: 'missing' },
    {
      title: 'a broken one',
      make: () => {
        writeFileSync(workspace.path('bad'), 'not a CSR')
        return Promise.resolve(workspace.path('bad'))
      },
      says: 'cannot be used',
    },
  ])('refuses $title before anything is sent', async ({ make, says }) => {
    const { text } = await refusal(certonly({ csr: await make(), ...outputs() }))
    expect(text.en).toContain(says)
    expect(server.requests).toEqual([])
  })

  it('refuses -d for other names', async () => {
    const { outcome } = await refusal(certonly({ csr: await makeCsr(), domains: ['other.example.jp'] }))
    expect(outcome).toBe('usage')
  })
})

describe('--p12', () => {
  it('writes key and chain as PKCS#12, for its owner only', async () => {
    writeFileSync(workspace.path('password'), 'pass phrase\n', { mode: 0o600 })
    const p12 = workspace.path('装置 用.p12')
    await certonly({ domains: [name], p12, p12PasswordFile: workspace.path('password') })
    expect(mode('装置 用.p12')).toBe('600')
    const objects = await readPkcs12(p12, readFileSync(p12), 'pass phrase')
    expect(objects.map(({ type }) => type).sort()).toEqual(['certificate', 'certificate', 'private-key'])
    expect(readFileSync(workspace.path('renewal', `${name}.conf`), 'utf8')).toContain('p12_password_file = ')
  })

  it('without a password orders nothing', async () => {
    const { outcome } = await refusal(certonly({ domains: [name], p12: workspace.path('x.p12') }))
    expect(outcome).toBe('usage')
    expect(server.requests).toEqual([])
  })
})

describe('the key of a service', () => {
  const key = (version: number) => ['archive', name, `privkey${version}.pem`] as const
  it('has the mode that was asked for, in folders that let it through, and keeps it when renewed', async () => {
    await certonly({ domains: [name], keyMode: '640' })
    expect(mode(...key(1))).toBe('640')
    for (const folder of ['archive', 'live', `live/${name}`]) expect(mode(folder)).toBe('711')
    await certonly({ domains: [name], forceRenewal: true })
    expect(mode(...key(2))).toBe('640')
  })

  it.skipIf(process.getuid?.() === 0)('stays ours with a warning where it cannot be given away', async () => {
    const { captured } = await certonly({ domains: [name], keyOwner: 'root' })
    expect(captured.stderr).toContain('Warning')
    expect(mode(...key(1))).toBe('600')
  })

  it.skipIf(process.getuid?.() !== 0)('goes to the group that was asked for', async () => {
    await certonly({ domains: [name], keyOwner: 'root:daemon' })
    expect(statSync(workspace.path(...key(1))).gid).not.toBe(0)
    expect(mode(...key(1))).toBe('640')
  })
})
