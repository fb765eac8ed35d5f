/** The operator's login, in each form that a credential may have. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLogin } from './credential.js'
import { Session } from './session.js'
import { upkiSite } from './site-profile.js'

const directory = mkdtempSync(join(tmpdir(), 'upki-login-'))
const at = (name: string) => join(directory, name)
let server: Server
let url: string

beforeAll(async () => {
  const made = ['-keyout', at('key.pem'), '-out', at('cert.pem'), '-subj', '/CN=localhost', '-days', '2']
  const more = ['-addext', 'subjectAltName=IP:127.0.0.1', '-newkey', 'rsa:2048', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...more, ...made], { stdio: 'ignore' })
  writeFileSync(at('password'), 'secret\n', { mode: 0o600 })
  const pair = ['-inkey', at('key.pem'), '-in', at('cert.pem'), '-passout', `file:${at('password')}`]
  execFileSync('openssl', ['pkcs12', '-export', ...pair, '-out', at('operator.p12')])
  const [cert, key] = [readFileSync(at('cert.pem')), readFileSync(at('key.pem'))]
  server = createServer({ cert, key, ca: cert, requestCert: true, rejectUnauthorized: true }, (_, response) =>
    response.end('in'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

async function logIn(credential: object): Promise<string> {
  writeFileSync(at('operator.json'), JSON.stringify({ url, caFile: at('cert.pem'), ...credential }))
  const login = await openLogin(at('operator.json'))
  try {
    return await (await new Session(login, upkiSite, AbortSignal.timeout(10_000)).request('/')).text()
  } finally {
    await login.agent.destroy()
  }
}

describe('the login of the operator', () => {
  it.each<{ name: string; credential: Record<string, string> }>([
    { name: 'PEM files', credential: { certFile: 'cert.pem', keyFile: 'key.pem' } },
    { name: 'PKCS#12', credential: { pfxFile: 'operator.p12', passwordFile: 'password' } },
  ])('takes $name', async ({ credential }) => {
    const files = Object.fromEntries(Object.entries(credential).map(([name, file]) => [name, at(file)]))
    expect(await logIn(files)).toBe('in')
  })

  it('fails with a wrong password of the PKCS#12 file', async () => {
    writeFileSync(at('wrong'), 'other')
    await expect(logIn({ pfxFile: at('operator.p12'), passwordFile: at('wrong') })).rejects.toThrow()
  })
})
