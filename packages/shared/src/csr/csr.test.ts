import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCsr, makeCsrDer, sampleSubject } from '../testing/make-csr.js'
import type { TestKey } from '../testing/make-csr.js'
import { CsrError, keyIdentity, parseCsr, parseCsrDer, toOneLineBase64 } from './index.js'

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')

describe('parseCsr', () => {
  it('reads subject, key, names and digests', async () => {
    const csr = parseCsr(await makeCsr({ dnsNames: ['www.example.ac.jp', 'web.example.ac.jp'] }))
    expect(csr.subject.map(({ name, value }) => `${name}=${value}`).join(',')).toBe(sampleSubject)
    expect(csr.subjectDn).toBe('CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP')
    expect(csr).toMatchObject({
      keyType: 'rsa2048',
      dnsNames: ['www.example.ac.jp', 'web.example.ac.jp'],
      hasOtherNames: false,
      hasChallengePassword: false,
      signatureValid: true,
      signatureAlgorithm: 'sha256WithRSA',
    })
    expect(csr.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(csr.spkiSha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each<[TestKey, string, boolean]>([
    ['rsa2048', 'rsa2048', true],
    ['rsaSha512', 'rsa2048', true],
    ['rsa3072', 'RSA 3072', true],
    ['p384', 'p384', true],
    ['p256', 'EC P-256', true],
    ['rsaSha1', 'rsa2048', false],
    ['ed25519', 'algorithm 1.3.101.112', false],
  ])('knows a %s key as %s; signature accepted: %s', async (key, keyType, signatureValid) => {
    expect(parseCsr(await makeCsr({ key }))).toMatchObject({ keyType, signatureValid })
  })

  it('knows a key by its modulus, whatever the exponent and the encoding, and tells others apart', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    const { n, e, kty } = key.export({ format: 'jwk' })
    const spkiOf = (exponent: string | undefined) =>
      createPublicKey({ key: { kty, n, e: exponent }, format: 'jwk' }).export({ format: 'der', type: 'spki' })
    const usual = spkiOf(e)
    expect(keyIdentity(usual)).toBe(createHash('sha256').update(usual).digest('hex'))
    // 17, 3 and 2^32 + 1; then the algorithm without its NULL, which some programs leave out.
    for (const exponent of ['EQ', 'Aw', 'AQAAAAE'])
      expect(keyIdentity(spkiOf(exponent))).toBe(keyIdentity(usual))
    const bare = Buffer.concat([Buffer.from('30820120300b06092a864886f70d010101', 'hex'), usual.subarray(19)])
    expect(keyIdentity(bare)).toBe(keyIdentity(usual))
    const csr = parseCsr(await makeCsr())
    expect([csr.keyIdentity, parseCsr(await makeCsr({ key: 'p384' })).keyIdentity]).not.toContain(
      keyIdentity(usual),
    )
    expect(csr.keyIdentity).toBe(csr.spkiSha256)
  })

  it('reads a CSR once for those who ask one after the other', async () => {
    const line = await makeCsr()
    expect(parseCsr(line)).toBe(parseCsr(line))
  })

  it('sees a challenge password', async () => {
    expect(parseCsr(await makeCsr({ challengePassword: 'secret' })).hasChallengePassword).toBe(true)
  })

  it('finds the signature wrong when any part of what is signed changes', async () => {
    const der = await makeCsrDer()
    const changed = Buffer.from(der)
    changed.write('X', changed.indexOf('Example'))
    expect(parseCsrDer(changed).signatureValid).toBe(false)
    expect(parseCsrDer(der).signatureValid).toBe(true)
  })

  it('takes PEM, and the one-line form has no line breaks', async () => {
    const line = await makeCsr()
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${line.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`
    expect(toOneLineBase64(pem)).toBe(line)
    expect(parseCsr(pem).sha256).toBe(parseCsr(line).sha256)
  })

  it('sees an optional company name, and names that are no host names', async () => {
    const csr = parseCsr(
      await makeCsr({ unstructuredName: 'Company', dnsNames: ['a.example.ac.jp'], ipAddress: '192.0.2.1' }),
    )
    expect(csr).toMatchObject({
      hasUnstructuredName: true,
      hasOtherNames: true,
      dnsNames: ['a.example.ac.jp'],
    })
    expect(csr).toMatchObject({ hasChallengePassword: false, signatureValid: true })
  })

  it('writes the subject in the order of the TSV column, mail address last', async () => {
    const csr = parseCsr(
      await makeCsr({ subject: 'C=JP,emailAddress=taro@example.ac.jp,CN=a.example.ac.jp' }),
    )
    expect(csr.subjectDn).toBe('CN=a.example.ac.jp,C=JP,emailAddress=taro@example.ac.jp')
  })

  it.each([
    ['nothing', '', 'encoding'],
    ['no Base64', 'こんにちは', 'encoding'],
    ['broken lines', 'MIIB\nAAAA', 'encoding'],
    ['Base64 of something else', 'AAAA', 'structure'],
    ['20,000 characters', 'A'.repeat(20_000), 'structure'],
    ['20,001 characters', 'A'.repeat(20_001), 'tooLong'],
    ['an indefinite length', 'MIAAAA==', 'structure'],
    ['a length of 4 GiB', 'MIT/////', 'structure'],
  ])('refuses %s', (_, text, fault) => {
    expect(() => parseCsr(text)).toThrow(expect.objectContaining({ name: 'CsrError', fault }))
  })

  it('refuses trailing bytes and every cut', async () => {
    const der = await makeCsrDer({ key: 'p384' })
    expect(() => parseCsr(base64(Buffer.concat([der, Buffer.of(0)])))).toThrow(CsrError)
    for (let length = 0; length < der.length; length += 1)
      expect(() => parseCsrDer(der.subarray(0, length))).toThrow(CsrError)
  })

  it('answers any bytes with a CSR or a CsrError', async () => {
    const der = await makeCsrDer({ dnsNames: ['www.example.ac.jp'], challengePassword: 'x' })
    const byte = fc.integer({ min: 0, max: 255 })
    const change = fc.array(fc.tuple(fc.integer({ min: 0, max: der.length - 1 }), byte), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(change, (changes) => {
        const mutated = Buffer.from(der)
        for (const [place, value] of changes) mutated[place] = value
        expectCsrOrError(mutated)
      }),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectCsrOrError))
  })
})

function expectCsrOrError(bytes: Uint8Array): void {
  try {
    expect(typeof parseCsrDer(bytes).signatureValid).toBe('boolean')
  } catch (error) {
    expect(error).toBeInstanceOf(CsrError)
  }
}
