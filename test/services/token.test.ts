/** The operator's key on a PKCS#11 token: SoftHSM in place of a YubiKey. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLogin } from '../../packages/server/src/issuance/adapters/screens/credential.js'

const directory = mkdtempSync(join(tmpdir(), 'upki-token-'))
const at = (name: string) => join(directory, name)
const moduleFile = '/usr/lib/softhsm/libsofthsm2.so'
const pin = '5678'
const keys = [
  // The engine finds the public key of a pair by its id.
  { label: 'rsa', id: '01', type: 'rsa:2048' },
  { label: 'ec', id: '02', type: 'ec:secp384r1' },
]
const run = (program: string, args: string[]) =>
  execFileSync(program, args, {
    stdio: 'pipe',
    env: { ...process.env, SOFTHSM2_CONF: at('softhsm.conf'), PKCS11_MODULE_PATH: moduleFile },
  })

let server: Server | undefined
let url: string

function makeToken(): void {
  mkdirSync(at('tokens'))
  writeFileSync(at('softhsm.conf'), `directories.tokendir = ${at('tokens')}\nobjectstore.backend = file\n`)
  // The library reads it in this process too.
  process.env.SOFTHSM2_CONF = at('softhsm.conf')
  writeFileSync(at('pin'), pin, { mode: 0o600 })
  writeFileSync(at('line'), `${pin}\n`)
  writeFileSync(at('wrong'), '9999')
  run('softhsm2-util', ['--init-token', '--free', '--label', 'operator', '--so-pin', '1234', '--pin', pin])
  for (const { label, id, type } of keys) {
    const login = ['--module', moduleFile, '--token-label', 'operator', '--login', '--pin', pin]
    run('pkcs11-tool', [...login, '--keypairgen', '--key-type', type, '--label', label, '--id', id])
    const key = `pkcs11:token=operator;object=${label};type=private?pin-source=file:${at('pin')}`
    const made = ['-engine', 'pkcs11', '-keyform', 'engine', '-key', key, '-out', at(`${label}.pem`)]
    run('openssl', ['req', '-new', '-x509', ...made, '-subj', `/CN=operator ${label}`, '-days', '2'])
  }
}

beforeAll(async () => {
  makeToken()
  const own = ['-keyout', at('tls.key'), '-out', at('tls.pem'), '-newkey', 'rsa:2048', '-nodes']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  run('openssl', ['req', '-x509', ...own, ...names])
  server = createServer(
    {
      cert: readFileSync(at('tls.pem')),
      key: readFileSync(at('tls.key')),
      ca: keys.map(({ label }) => readFileSync(at(`${label}.pem`))),
      ...{ requestCert: true, rejectUnauthorized: true },
    },
    ({ socket }, response) =>
      response.end(socket instanceof TLSSocket && socket.getPeerCertificate().subject.CN),
  )
  const listening = server
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  url = `https://127.0.0.1:${(listening.address() as AddressInfo).port}/`
})
afterAll(() => {
  server?.close()
  rmSync(directory, { recursive: true, force: true })
})

async function logIn(changes: object): Promise<string> {
  const given = { url, caFile: at('tls.pem'), moduleFile, pinFile: at('pin'), ...changes }
  writeFileSync(at('operator.json'), JSON.stringify(given))
  const { agent } = await openLogin(at('operator.json'))
  try {
    return await (await fetch(url, { dispatcher: agent })).text()
  } finally {
    await agent.destroy()
  }
}

describe('the login with a key on a token', () => {
  it('tries a wrong PIN once only: a token locks after few', async () => {
    const keyUri = 'pkcs11:token=operator;object=ec'
    const wrong = { certFile: at('ec.pem'), keyUri, pinFile: at('wrong') }
    // Nobody has logged in yet: afterwards the library would not ask for the PIN.
    await expect(logIn(wrong)).rejects.toThrow('PIN incorrect')
    await expect(logIn(wrong)).rejects.toThrow('it is tried again when the file has another')
    expect(await logIn({ ...wrong, pinFile: at('pin') })).toBe('operator ec')
  })

  it.each(keys)('is taken with a key of kind $label', async ({ label }) => {
    const certFile = at(`${label}.pem`)
    const keyUri = `pkcs11:token=operator;object=${label}`
    expect(await logIn({ certFile, keyUri })).toBe(`operator ${label}`)
  })

  const rsa = () => ({ certFile: at('rsa.pem'), keyUri: 'pkcs11:token=operator;object=rsa' })
  it.each<{ name: string; changes: () => object; says: string | RegExp }>([
    { name: 'a PIN in the URI', changes: () => ({ keyUri: 'pkcs11:token=o;pin-value=1' }), says: 'pinFile' },
    { name: 'no PIN file', changes: () => ({ pinFile: at('none') }), says: 'ENOENT' },
    {
      name: 'a line end after the PIN',
      changes: () => ({ pinFile: at('line') }),
      says: 'without a line end',
    },
    { name: 'another library', changes: () => ({ moduleFile: at('pin') }), says: 'and cannot use' },
    { name: 'no engine', changes: () => ({ engineFile: at('none') }), says: 'libengine-pkcs11-openssl' },
  ])('fails with $name, and says so', async ({ changes, says }) => {
    await expect(logIn({ ...rsa(), ...changes() })).rejects.toThrow(says)
  })

  it.each([
    { name: 'a key that the token does not have', changes: { keyUri: 'pkcs11:token=operator;object=none' } },
    { name: 'a token that is not there', changes: { keyUri: 'pkcs11:token=none;object=rsa' } },
  ])('fails with $name', async ({ changes }) => {
    await expect(logIn({ ...rsa(), ...changes })).rejects.toThrow('could not be had from the token')
  })
})
