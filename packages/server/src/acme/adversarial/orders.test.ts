/** Hostile orders and CSRs: O1 to O14, and a thousand orders at once. */
import 'reflect-metadata'
import {
  checkPrimeSync,
  constants,
  createHash,
  generateKeyPairSync,
  generatePrimeSync,
  type KeyPairKeyObjectResult,
  sign,
} from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { derElement, parseCsrDer } from '@upki-gateway/shared/csr'
import { makeCsrDer, type TestCsr } from '@upki-gateway/shared/testing'
import {
  AcmeClient,
  type AcmeReply,
  outcomeOf,
  sampleEab,
  signerOf,
  urlOf,
} from '../../testing/acme-client.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../../testing/gateway.js'
import { csrFor, issueFor } from '../../testing/issue.js'
import { rsaOf, twoExponents } from '../../testing/rsa-keys.js'
import { traceOf } from '../../testing/trace.js'
import { Nonces } from '../nonces.js'

/** What a list of blocked keys would hold. */
const blocked = new Set<string>()
let gateway: TestGateway
let client: AcmeClient
let other: AcmeClient

beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => ({
      ...sendingNothing(config),
      organisations: config.organisations.map((each) => ({ ...each, blockedKeys: blocked })),
    }),
  })
  client = await AcmeClient.registered(gateway)
  other = await AcmeClient.registered(gateway)
})
afterAll(async () => {
  await client.close()
  await other.close()
  await gateway.close()
})

let count = 0
const freshName = () => `hostile${++count}.example.ac.jp`
const finalize = (order: AcmeReply, csr: string, by = client) => by.post(String(order.body.finalize), { csr })
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

async function unchanged(send: () => Promise<AcmeReply>, wanted: string | RegExp): Promise<void> {
  const before = await traceOf(gateway)
  const reply = await send()
  expect(outcomeOf(reply)).toMatch(wanted instanceof RegExp ? wanted : new RegExp(`^${wanted}$`))
  expect(reply.headers.get('replay-nonce')).toMatch(/^[\w-]{43}$/)
  expect(await traceOf(gateway)).toEqual(before)
}

describe('O1 what belongs to another account', () => {
  it('is as unknown as what does not exist, by every resource', async () => {
    const { order } = await issueFor(gateway, client, [freshName()])
    const [authorization = ''] = order.body.authorizations as string[]
    const csr = await csrFor([freshName()])
    const nowhere = other.url('order/00000000-0000-7000-8000-000000000000')
    const missing = await other.post(nowhere)
    for (const url of [
      urlOf(order),
      `${urlOf(order)}/certificate`,
      authorization,
      String(order.body.finalize),
    ])
      await unchanged(
        () => other.post(url, url.endsWith('finalize') ? { csr } : undefined),
        /^4\d\d malformed$/,
      )
    const reply = await other.post(urlOf(order))
    expect([reply.status, reply.body.detail]).toEqual([missing.status, missing.body.detail])
    await unchanged(() => other.post(`${client.kid ?? ''}/orders`), '403 unauthorized')
  })
})

const dns = (value: unknown) => ({ type: 'dns', value })
const names = (length: number) => Array.from({ length }, (_, index) => dns(`n${index}.example.ac.jp`))
const identifierCases: [string, unknown, string][] = [
  ['O2 no identifier', [], '400 malformed'],
  ['O2 nine names', names(9), '400 rejectedIdentifier'],
  ['O2 a hundred and one names', names(101), '400 malformed'],
  ['O2 the same name twice', [dns('a.example.ac.jp'), dns('A.example.ac.jp')], '400 malformed'],
  ['O2 an IP address', [{ type: 'ip', value: '192.0.2.1' }], '400 unsupportedIdentifier'],
  ['O2 a mail address', [{ type: 'email', value: 'a@example.ac.jp' }], '400 unsupportedIdentifier'],
  [
    'O2 a host name and an address',
    [dns('a.example.ac.jp'), { type: 'ip', value: '::1' }],
    '400 unsupportedIdentifier',
  ],
  ['O2 an unknown type', [{ type: 'constructor', value: 'x' }], '400 unsupportedIdentifier'],
]

// After the shapes of names that other CAs keep a list of: what is no host name, or none that may have a certificate.
const badNames = [
  '',
  ' ',
  '.',
  '..',
  '..a',
  'a..example.ac.jp',
  '.example.ac.jp',
  'www.example.ac.jp.',
  'www.example.ac.jp..',
  'example',
  'jp',
  'ac.jp',
  'co.jp',
  'com',
  'co.uk',
  '*',
  '*.com',
  '*.jp',
  '*.ac.jp',
  '*.example.ac.jp',
  'w*.example.ac.jp',
  'www.*.example.ac.jp',
  '*.*.example.ac.jp',
  '-www.example.ac.jp',
  'www-.example.ac.jp',
  'www.-example.ac.jp',
  '_dmarc.example.ac.jp',
  'w_w.example.ac.jp',
  'www example.ac.jp',
  ' www.example.ac.jp',
  'www.example.ac.jp ',
  'www.example.ac.jp\n',
  'www.exa\tmple.ac.jp',
  'www\0.example.ac.jp',
  'www.example.ac.jp:80',
  'www.example.ac.jp/',
  'https://www.example.ac.jp',
  'user@www.example.ac.jp',
  'www.example.ac.jp?x',
  'www%2eexample.ac.jp',
  'www,example.ac.jp',
  'a.example.ac.jp,dNSName=b.example.ac.jp',
  '127.0.0.1',
  '10.0.0.1',
  '2130706433',
  '0x7f.1',
  '::1',
  '[::1]',
  '1.2.3',
  '\ufeffwww.example.ac.jp',
  'www\u202e.example.ac.jp',
  'www\u200b.example.ac.jp',
  'www。example.ac.jp',
  'ｗｗｗ.example.ac.jp',
  '大学.example.ac.jp',
  'exаmple.ac.jp',
  // The Kelvin sign, which is a k in lower case.
  'www.\u212a.example.ac.jp',
  'xn--.example.ac.jp',
  'xn--.net',
  `${'a'.repeat(64)}.example.ac.jp`,
  `${'a.'.repeat(121)}example.ac.jp`,
  'www.example.com',
  'www.bad-example.ac.jp',
  'example.ac.jp.evil.example',
  'localhost',
  'www.localhost',
  'www.local',
  'www.test',
  'www.onion',
  'a'.repeat(1000),
  '$(id).example.ac.jp',
  "a'b.example.ac.jp",
]

describe('newOrder is refused and leaves nothing:', () => {
  it.each(identifierCases)('%s', async (_name, identifiers, wanted) => {
    await unchanged(() => client.post(client.url('new-order'), { identifiers }), wanted)
  })

  it('O2 has a subproblem for each identifier that is no host name', async () => {
    const address = { type: 'ip', value: '192.0.2.1' }
    const mail = { type: 'email', value: 'a@example.ac.jp' }
    const { body } = await client.post(client.url('new-order'), {
      identifiers: [address, dns('a.example.ac.jp'), mail],
    })
    const type = 'urn:ietf:params:acme:error:unsupportedIdentifier'
    expect(body.subproblems).toMatchObject([
      { type, identifier: address },
      { type, identifier: mail },
    ])
  })

  it('O3 names that are none, and names of others, each alone', async () => {
    const before = await traceOf(gateway)
    for (const name of badNames) {
      const reply = await client.order([name])
      expect([name, outcomeOf(reply)]).toEqual([name, '400 rejectedIdentifier'])
    }
    expect(await traceOf(gateway)).toEqual(before)
  }, 120_000)

  it.each([
    ['O13 notBefore', { notBefore: '2030-01-01T00:00:00Z' }, '400 malformed'],
    ['O13 notAfter', { notAfter: '2030-01-01T00:00:00Z' }, '400 malformed'],
    ['O14 an unknown profile', { profile: 'classic' }, '400 invalidProfile'],
  ])('%s', async (_name, more, wanted) => {
    await unchanged(() => client.order([freshName()], more), wanted)
  })

  it('of a thousand at once for the same names there is one order', async () => {
    const wanted = { identifiers: [dns(freshName()), dns(freshName())] }
    const nonces = new Nonces(gateway.env.vault.derive('acme nonces'))
    const send = () => client.post(client.url('new-order'), wanted, { nonce: nonces.make(new Date()) })
    const replies = await Promise.all(Array.from({ length: 1000 }, send))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1000)
    expect(new Set(replies.map(urlOf)).size).toBe(1)
  }, 300_000)
})

const subject = (name: string, rest = 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University') =>
  `${rest},CN=${name}`
const bent = (name: string, change: TestCsr) =>
  makeCsrDer({ key: 'p384', subject: subject(name), dnsNames: [name], ...change }).then(base64url)
const edited = async (name: string, edit: (der: Buffer) => Buffer) =>
  base64url(edit(Buffer.from(await bent(name, {}), 'base64url')))

const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
async function withExtensions(
  name: string,
  extensions: x509.Extension[],
  commonName = name,
  rest?: string,
): Promise<string> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject(commonName, rest),
    keys,
    signingAlgorithm: algorithm,
    extensions,
  })
  return base64url(new Uint8Array(csr.rawData))
}

interface Signing {
  key: KeyPairKeyObjectResult
  /** AlgorithmIdentifier, DER in hex. */
  algorithm: string
  hash: string
  padding?: number
}

/** A CSR as good as any but for its key and signature, which the library that makes the others does not know. */
async function signedBy(name: string, { key, algorithm: id, hash, padding }: Signing): Promise<string> {
  const der = Buffer.from(await bent(name, { key: 'rsa2048' }), 'base64url')
  // Both heads take four bytes; the key of RSA 2048 takes 294.
  const info = der.subarray(8, 8 + der.readUInt16BE(6))
  const spki = info.indexOf(Buffer.from('30820122300d06092a864886f70d010101', 'hex'))
  const other = key.publicKey.export({ format: 'der', type: 'spki' })
  const changed = derElement(0x30, info.subarray(0, spki), other, info.subarray(spki + 294))
  const signature = sign(hash, changed, { key: key.privateKey, ...(padding && { padding }) })
  return base64url(
    derElement(0x30, changed, Buffer.from(id, 'hex'), derElement(0x03, Buffer.from([0]), signature)),
  )
}

const rsaPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const { RSA_PKCS1_PSS_PADDING: padding } = constants

const sha256WithRsa = { algorithm: '300d06092a864886f70d01010b0500', hash: 'sha256' }

/** Two primes that follow each other: Fermat's method has them at once. */
function closePrimes(): KeyPairKeyObjectResult {
  const p = generatePrimeSync(1024, { bigint: true })
  let q = p + 2n
  while (!checkPrimeSync(q)) q += 2n
  return rsaOf(p, q)
}

/** Primes as the chips of CVE-2017-15361 made them: powers of 65537 when divided by each of the small primes. */
function rocaPrimes(): KeyPairKeyObjectResult {
  const add = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]
    .map(BigInt)
    .reduce((product, prime) => product * prime)
  const prime = (power: bigint) => {
    // OpenSSL adds an even number to an odd one.
    const least = 65537n ** power % add
    const rem = least % 2n === 1n ? least : least + add
    return generatePrimeSync(1024, { bigint: true, add: 2n * add, rem })
  }
  // OpenSSL sets the highest bit only where it looks for a prime with a remainder.
  for (;;) {
    const [p, q] = [prime(5n), prime(9n)]
    if ((p * q).toString(2).length === 2048) return rsaOf(p, q)
  }
}

const san = (...entries: x509.JsonGeneralNames) => new x509.SubjectAlternativeNameExtension(entries)

const csrCases: [string, (name: string) => Promise<string>, string | RegExp][] = [
  [
    'O7 a broken signature',
    (name) =>
      edited(name, (der) => Buffer.concat([der.subarray(0, -1), Buffer.from([(der.at(-1) ?? 0) ^ 1])])),
    '400 badCSR',
  ],
  ['O7 SHA-1', (name) => bent(name, { key: 'rsaSha1' }), '400 badCSR'],
  [
    'O7 MD5',
    (name) => signedBy(name, { key: rsaPair(), algorithm: '300d06092a864886f70d0101040500', hash: 'md5' }),
    '400 badCSR',
  ],
  [
    'O7 RSA-PSS',
    (name) =>
      signedBy(name, { key: rsaPair(), algorithm: '300b06092a864886f70d01010a', hash: 'sha256', padding }),
    '400 badCSR',
  ],
  [
    'O7 DSA',
    (name) => {
      const key = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
      return signedBy(name, { key, algorithm: '300b0609608648016503040302', hash: 'sha256' })
    },
    '400 badCSR',
  ],
  [
    'O7 RSA 1024',
    (name) => signedBy(name, { key: generateKeyPairSync('rsa', { modulusLength: 1024 }), ...sha256WithRsa }),
    '400 badCSR',
  ],
  [
    'O7 P-521',
    (name) => {
      const key = generateKeyPairSync('ec', { namedCurve: 'P-521' })
      return signedBy(name, { key, algorithm: '300a06082a8648ce3d040304', hash: 'sha512' })
    },
    '400 badCSR',
  ],
  ['O7 RSA 3072', (name) => bent(name, { key: 'rsa3072' }), '400 badCSR'],
  ['O7 P-256', (name) => bent(name, { key: 'p256' }), '400 badCSR'],
  ['O7 Ed25519', (name) => bent(name, { key: 'ed25519' }), '400 badCSR'],
  [
    'O8 a CN that is another',
    (name) => bent(name, { subject: subject('other.example.ac.jp') }),
    '400 badCSR',
  ],
  ['O8 a name more', (name) => bent(name, { dnsNames: [name, 'more.example.ac.jp'] }), '400 badCSR'],
  ['O8 an address in the SAN', (name) => bent(name, { ipAddress: '192.0.2.1' }), '400 badCSR'],
  [
    'O8 a mail address in the SAN',
    (name) =>
      withExtensions(name, [san({ type: 'dns', value: name }, { type: 'email', value: 'a@example.ac.jp' })]),
    '400 badCSR',
  ],
  [
    'O8 a URL in the SAN',
    (name) =>
      withExtensions(name, [
        san({ type: 'dns', value: name }, { type: 'url', value: 'https://example.ac.jp/' }),
      ]),
    '400 badCSR',
  ],
  [
    'O8 another kind of name in the SAN',
    (name) => {
      // otherName: a Microsoft UPN.
      const upn = derElement(
        0xa0,
        Buffer.from('060a2b060104018237140203', 'hex'),
        derElement(0xa0, derElement(0x0c, Buffer.from('a@b'))),
      )
      const names = derElement(0x30, derElement(0x82, Buffer.from(name)), upn)
      return withExtensions(name, [new x509.Extension('2.5.29.17', false, names)])
    },
    '400 badCSR',
  ],
  [
    'O8 no SAN and another CN',
    (name) => bent(name, { dnsNames: [], subject: subject(`x${name}`) }),
    '400 badCSR',
  ],
  ['O8 a wildcard', (name) => bent(name, { dnsNames: [name, '*.example.ac.jp'] }), '400 badCSR'],
  [
    'O8 no CN',
    (name) => bent(name, { subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University' }),
    '400 badCSR',
  ],
  [
    'O8 two CNs',
    (name) => bent(name, { subject: subject(name, subject('other.example.ac.jp')) }),
    '400 badCSR',
  ],
  [
    'O9 the SAN twice',
    (name) =>
      withExtensions(name, [
        san({ type: 'dns', value: name }),
        san({ type: 'dns', value: 'evil.example.com' }),
      ]),
    '400 badCSR',
  ],
  [
    'O9 an attribute twice',
    async (name) => {
      const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const names = derElement(0x30, derElement(0x82, Buffer.from('evil.example.com')))
      const extension = derElement(0x30, Buffer.from('0603551d11', 'hex'), derElement(0x04, names))
      const csr = await x509.Pkcs10CertificateRequestGenerator.create({
        ...{ name: subject(name), keys, signingAlgorithm: algorithm },
        extensions: [san({ type: 'dns', value: name })],
        // PKCS #9: extensionRequest.
        attributes: [new x509.Attribute('1.2.840.113549.1.9.14', [derElement(0x30, extension)])],
      })
      return base64url(new Uint8Array(csr.rawData))
    },
    '400 badCSR',
  ],
  ['O9 a challenge password', (name) => bent(name, { challengePassword: 'x' }), '400 badCSR'],
  [
    'O11 bytes behind the DER',
    (name) => edited(name, (der) => Buffer.concat([der, Buffer.from([0])])),
    '400 badCSR',
  ],
  [
    'O11 an indefinite length',
    (name) =>
      edited(name, (der) => Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(4), Buffer.alloc(2)])),
    '400 badCSR',
  ],
  [
    'O11 a length of 2 GiB',
    () => Promise.resolve(base64url(Buffer.from('30847fffffff', 'hex'))),
    '400 badCSR',
  ],
  [
    'O11 PEM inside base64url',
    (name) =>
      bent(name, {}).then((text) => base64url(Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${text}`))),
    '400 badCSR',
  ],
  ['O11 more than a CSR can have', () => Promise.resolve('A'.repeat(20_001)), '400 malformed'],
  [
    'O12 another L',
    (name) => bent(name, { subject: subject(name, 'C=JP,ST=Tokyo,L=Default City,O=Example University') }),
    '400 badCSR',
  ],
  [
    'O12 another ST',
    (name) => bent(name, { subject: subject(name, 'C=JP,ST=Toukyou,L=Chiyoda-ku,O=Example University') }),
    '400 badCSR',
  ],
  [
    'O12 another C',
    (name) => bent(name, { subject: subject(name, 'C=US,ST=Tokyo,L=Chiyoda-ku,O=Example University') }),
    '400 badCSR',
  ],
  [
    'O12 another O',
    (name) => bent(name, { subject: subject(name, 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Evil University') }),
    '400 badCSR',
  ],
  [
    'O12 an OU',
    (name) => bent(name, { subject: subject(name, 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,OU=x') }),
    '400 badCSR',
  ],
  [
    'O12 a blank after a comma',
    (name) => bent(name, { subject: subject(name, 'C=JP,ST=Tokyo,L=Chiyoda-ku,O= Example University') }),
    '400 badCSR',
  ],
  [
    'O12 an ST that swallowed what follows the comma',
    (name) =>
      withExtensions(
        name,
        [san({ type: 'dns', value: name })],
        name,
        `ST=Tokyo\\, C\\=JP,L=Chiyoda-ku,O=Example University`,
      ),
    '400 badCSR',
  ],
  ['O12 C as a UTF8String', (name) => bent(name, { utf8Country: true }), '400 badCSR'],
  [
    'O12 a CN with a letter of another script',
    (name) => bent(name, { subject: subject(name.replace('a', '\u0430')) }),
    '400 badCSR',
  ],
]

describe('finalize is refused and leaves nothing:', () => {
  it.each(csrCases)('%s', async (_name, make, wanted) => {
    const name = freshName()
    const order = await client.order([name])
    const csr = await make(name)
    await unchanged(() => finalize(order, csr), wanted)
    expect((await client.post(urlOf(order))).body.status).toBe('ready')
  })

  it.each<[string, Pick<TestCsr, 'subject' | 'utf8Country'>, string, RegExp]>([
    ['a blank after a comma', { subject: 'O= Example University' }, 'csrSubjectBlank', /without blanks/],
    ['C as a UTF8String', { utf8Country: true }, 'csrSubjectEncoding', /PrintableString/],
    ['another L', { subject: 'L=Default City' }, 'csrSubjectDiffers', /character by character/],
  ])('O12 %s, with the remedy, the exact subject and the command', async (_name, change, code, remedy) => {
    const name = freshName()
    const order = await client.order([name])
    const [attribute = ''] = change.subject?.split('=') ?? []
    const whole = subject(name).replace(new RegExp(`\\b${attribute}=[^,]*`), change.subject ?? '$&')
    const { body } = await finalize(order, await bent(name, { ...change, subject: whole }))
    const findings = (body.subproblems as { finding: { code: string; remedy: { en: string } } }[]).map(
      ({ finding }) => finding,
    )
    expect(findings.map((finding) => finding.code)).toEqual([code])
    expect(findings[0]?.remedy.en).toMatch(remedy)
    expect(body.detail).toContain(`CN=${name},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`)
    expect(body.detail).toContain(`-subj "/C=JP/ST=Tokyo/L=Chiyoda-ku/O=Example University/CN=${name}"`)
  })

  it('O12 the subject as PrintableString and as UTF8String are the same to the check', async () => {
    for (const value of ['printableString', 'utf8String'] as const) {
      const name = freshName()
      const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const text = (is: string) => [{ [value]: is }]
      const csr = await x509.Pkcs10CertificateRequestGenerator.create({
        name: new x509.Name([
          { C: [{ printableString: 'JP' }] },
          { ST: text('Tokyo') },
          { L: text('Chiyoda-ku') },
          { O: text('Example University') },
          { CN: text(name) },
        ]),
        keys,
        signingAlgorithm: algorithm,
        extensions: [san({ type: 'dns', value: name })],
      })
      const reply = await finalize(await client.order([name]), base64url(new Uint8Array(csr.rawData)))
      expect([value, outcomeOf(reply)]).toEqual([value, '200'])
    }
  })

  it('O4 of an order that is invalid, expired, or of another account', async () => {
    const wanted = [freshName()]
    const csr = await csrFor(wanted)
    const given = await client.order(wanted)
    await client.post((given.body.authorizations as string[])[0] ?? '', { status: 'deactivated' })
    await unchanged(() => finalize(given, csr), '403 orderNotReady')
    const old = await client.order(wanted)
    await gateway.env.db
      .updateTable('acme_orders')
      .set({ expires_at: new Date(0) })
      .where('id', '=', urlOf(old).split('/').at(-1) ?? '')
      .execute()
    await unchanged(() => finalize(old, csr), '403 orderNotReady')
    await unchanged(() => finalize(old, csr, other), '404 malformed')
  })

  it.each([
    ['close primes', closePrimes],
    ['ROCA', rocaPrimes],
  ])('O7 a key that can be broken: %s', async (_name, make) => {
    const name = freshName()
    const order = await client.order([name])
    const csr = await signedBy(name, { key: make(), ...sha256WithRsa })
    await unchanged(() => finalize(order, csr), '400 badCSR')
    const { body } = await finalize(order, csr)
    const codes = (body.subproblems as { finding: { code: string } }[]).map(({ finding }) => finding.code)
    expect(codes).toEqual(['csrKeyWeak'])
  })

  it('O10 the key of a certificate: a live one of another account, one of its own, one that was revoked', async () => {
    const [theirs, mine, revoked] = [
      await issueFor(gateway, other, [freshName()]),
      await issueFor(gateway, client, [freshName()]),
      await issueFor(gateway, client, [freshName()]),
    ]
    const { certificate } = revoked
    expect((await client.post(client.url('revoke-cert'), { certificate })).status).toBe(200)
    for (const { signer, order: before } of [theirs, mine, revoked]) {
      const [{ value: name } = { value: '' }] = before.body.identifiers as { value: string }[]
      const order = await client.order([name])
      const publicKey = await crypto.subtle.importKey('jwk', signer.jwk, algorithm, true, ['verify'])
      const csr = await x509.Pkcs10CertificateRequestGenerator.create({
        name: subject(name),
        keys: { privateKey: signer.privateKey, publicKey },
        signingAlgorithm: algorithm,
        extensions: [san({ type: 'dns', value: name })],
      })
      await unchanged(() => finalize(order, base64url(new Uint8Array(csr.rawData))), '400 badCSR')
    }
  })

  it('O7 a key on the list of those that are known to others', async () => {
    const name = freshName()
    const order = await client.order([name])
    const csr = await csrFor([name])
    blocked.add(parseCsrDer(Buffer.from(csr, 'base64url')).spkiSha256)
    await unchanged(() => finalize(order, csr), '400 badCSR')
    expect((await finalize(order, await csrFor([name]))).status).toBe(200)
  })

  it('J14 a key with the modulus of one that was used, and another exponent', async () => {
    const [first, second] = twoExponents()
    const [one, two] = [freshName(), freshName()]
    const used = await signedBy(one, { key: first, ...sha256WithRsa })
    expect(outcomeOf(await finalize(await client.order([one]), used))).toBe('200')
    const order = await other.order([two])
    const csr = await signedBy(two, { key: second, ...sha256WithRsa })
    await unchanged(() => finalize(order, csr, other), '400 badCSR')
    const { body } = await finalize(order, csr, other)
    const codes = (body.subproblems as { finding: { code: string } }[]).map(({ finding }) => finding.code)
    expect(codes).toEqual(['keySeen'])
  })

  it('J14 a key with the modulus of one that others know, and another exponent', async () => {
    const [listed, same] = twoExponents()
    const spki = listed.publicKey.export({ format: 'der', type: 'spki' })
    blocked.add(createHash('sha256').update(spki).digest('hex'))
    const name = freshName()
    const order = await client.order([name])
    const csr = await signedBy(name, { key: same, ...sha256WithRsa })
    await unchanged(() => finalize(order, csr), '400 badCSR')
  })

  it('J14 a key with the modulus of the account key, and another exponent; an own exponent of a new modulus is fine', async () => {
    const [ofAccount, same] = twoExponents()
    const careless = new AcmeClient(gateway, signerOf(ofAccount))
    await careless.register(sampleEab(gateway))
    const name = freshName()
    const order = await careless.order([name])
    const csr = await signedBy(name, { key: same, ...sha256WithRsa })
    await unchanged(() => finalize(order, csr, careless), '400 badCSR')
    const fine = await signedBy(name, { key: twoExponents()[1], ...sha256WithRsa })
    expect(outcomeOf(await finalize(order, fine, careless))).toBe('200')
    await careless.close()
  })

  it('O10 the key of an account, the own one and another', async () => {
    const keys = await generateKeyPair('ES384', { extractable: true })
    const signer = { alg: 'ES384', privateKey: keys.privateKey, jwk: await exportJWK(keys.publicKey) }
    const careless = new AcmeClient(gateway, signer)
    await careless.register(sampleEab(gateway))
    const name = freshName()
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
      name: subject(name),
      keys,
      signingAlgorithm: algorithm,
      extensions: [san({ type: 'dns', value: name })],
    })
    for (const by of [careless, client]) {
      const order = await by.order([name])
      await unchanged(() => finalize(order, base64url(new Uint8Array(csr.rawData)), by), '400 badCSR')
    }
    await careless.close()
  })

  it('O10 the key of a certificate is no account key', async () => {
    const { signer } = await issueFor(gateway, client, [freshName()])
    const careless = new AcmeClient(gateway, signer)
    await unchanged(() => careless.register(sampleEab(gateway)), '400 badPublicKey')
    await careless.close()
  })

  it('O10 the key of another order, of the same account and of another', async () => {
    const wanted = [freshName()]
    const csr = await csrFor(wanted)
    await finalize(await client.order(wanted), csr)
    const theirs = await other.order(wanted)
    await unchanged(() => finalize(theirs, csr, other), '400 badCSR')
  })
})

describe('finalize', () => {
  it('O8 of a CSR that has the names in capitals takes them: letter case does not matter', async () => {
    const name = freshName()
    const order = await client.order([name])
    expect(outcomeOf(await finalize(order, await bent(name, { dnsNames: [name.toUpperCase()] })))).toBe('200')
  })

  it('O5 sixteen times at once with one CSR makes one application, and all get the same order', async () => {
    const wanted = [freshName()]
    const order = await client.order(wanted)
    const csr = await csrFor(wanted)
    const replies = await Promise.all(Array.from({ length: 16 }, () => finalize(order, csr)))
    expect(replies.map(({ status, body }) => [status, body.status])).toEqual(
      Array(16).fill([200, 'processing']),
    )
    const rows = await gateway.env.db
      .selectFrom('applications')
      .select('id')
      .where('common_name', '=', wanted[0] ?? '')
      .execute()
    expect(rows).toHaveLength(1)
  })

  it('O6 with another CSR is refused with the reason, and the first goes on', async () => {
    const wanted = [freshName()]
    const order = await client.order(wanted)
    await finalize(order, await csrFor(wanted))
    const second = await csrFor(wanted)
    await unchanged(() => finalize(order, second), '403 orderNotReady')
    expect((await client.post(urlOf(order))).body.status).toBe('processing')
  })

  it.each([
    ['CA:TRUE', [new x509.BasicConstraintsExtension(true, 1, true)]],
    ['codeSigning', [new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.3'])]],
    // RFC 7633: must-staple.
    ['must-staple', [new x509.Extension('1.3.6.1.5.5.7.1.24', false, Buffer.from('3003020105', 'hex'))]],
    ['an unknown critical extension', [new x509.Extension('1.2.3.4', true, Buffer.from('0500', 'hex'))]],
  ])(
    'O9 of a CSR that asks for %s ignores it, as the service does: it decides the extensions',
    async (_name, extensions) => {
      const name = freshName()
      const order = await client.order([name])
      const reply = await finalize(
        order,
        await withExtensions(name, [san({ type: 'dns', value: name }), ...extensions]),
      )
      expect(outcomeOf(reply)).toBe('200')
    },
  )
})
