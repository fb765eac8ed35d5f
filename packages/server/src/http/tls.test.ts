import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificate } from '@upki-gateway/shared/testing'
import { ensureTls, type TlsFiles } from './tls.js'

let directory: string
let other: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'upki-tls-'))
  other = mkdtempSync(join(tmpdir(), 'upki-tls-'))
})
afterEach(() => {
  for (const each of [directory, other]) rmSync(each, { recursive: true })
})

const serialOf = (pem: string) => new X509Certificate(pem).serialNumber
const copy = (name: string) => copyFileSync(join(other, name), join(directory, name))

describe("the gateway's own certificate", () => {
  it('is for the address listened on, and by the CA that clients are told to trust', async () => {
    const leaf = new X509Certificate((await ensureTls(directory, '192.0.2.1')).cert)
    const ca = new X509Certificate(readFileSync(join(directory, 'ca.pem')))
    expect([leaf.checkIP('192.0.2.1'), leaf.verify(ca.publicKey)]).toEqual(['192.0.2.1', true])
  })

  it('stays over a restart', async () => {
    const first = await ensureTls(directory, '127.0.0.1')
    expect(await ensureTls(directory, '127.0.0.1')).toEqual(first)
  })

  it('is made again for another address', async () => {
    const first = await ensureTls(directory, '127.0.0.1')
    expect(serialOf((await ensureTls(directory, '192.0.2.1')).cert)).not.toBe(serialOf(first.cert))
  })

  it('is made again when a crash left the key of another', async () => {
    await ensureTls(directory, '127.0.0.1')
    await ensureTls(other, '127.0.0.1')
    copy('tls.key')
    const { cert, key } = await ensureTls(directory, '127.0.0.1')
    expect(key).toBe(readFileSync(join(directory, 'tls.key'), 'utf8'))
    expect(key).not.toBe(readFileSync(join(other, 'tls.key'), 'utf8'))
    expect(cert).toBe(readFileSync(join(directory, 'tls.pem'), 'utf8'))
  })

  it('is made again when its CA was lost', async () => {
    await ensureTls(directory, '127.0.0.1')
    rmSync(join(directory, 'ca.key'))
    const leaf = new X509Certificate((await ensureTls(directory, '127.0.0.1')).cert)
    expect(leaf.verify(new X509Certificate(readFileSync(join(directory, 'ca.pem'))).publicKey)).toBe(true)
  })
})

/** Puts in place what another CA would have issued. */
async function installForeign(): Promise<TlsFiles> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Another CA',
    keys,
    signingAlgorithm: algorithm,
  })
  const pair = {
    cert: certificate.toString('pem'),
    key: x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
  }
  writeFileSync(join(directory, 'tls.pem'), pair.cert)
  writeFileSync(join(directory, 'tls.key'), pair.key)
  return pair
}

describe("an operator's certificate of another CA", () => {
  it('stays, whatever names it is for', async () => {
    await ensureTls(directory, '127.0.0.1')
    const pair = await installForeign()
    expect(await ensureTls(directory, '192.0.2.1')).toEqual(pair)
  })
})

describe('a certificate and key that cannot be used', () => {
  it.each([
    { what: 'a key that is none', name: 'tls.key', text: 'x' },
    { what: 'a certificate that is none', name: 'tls.pem', text: 'x' },
    { what: 'an empty key', name: 'tls.key', text: '' },
  ])('are named, with what to do: $what', async ({ name, text }) => {
    await ensureTls(directory, '127.0.0.1')
    writeFileSync(join(directory, name), text)
    const named = new RegExp(`${join(directory, 'tls.pem')} and ${join(directory, 'tls.key')} cannot be used`)
    await expect(ensureTls(directory, '127.0.0.1')).rejects.toThrow(named)
  })

  it('are named when the key is that of another certificate of another CA', async () => {
    await ensureTls(directory, '127.0.0.1')
    const pem = await makeCertificate({ issuer: 'Test CA', notBefore: '2026-01-01' })
    writeFileSync(join(directory, 'tls.pem'), pem)
    await expect(ensureTls(directory, '127.0.0.1')).rejects.toThrow(/tls\.pem .*remove both/)
  })
})
