/** Hostile nonces, bindings, accounts and revocations: N1 to N6, E1 to E9, K1 to K6, X1 to X5. */
import 'reflect-metadata'
import { generateKeyPairSync } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { calculateJwkThumbprint, FlattenedSign, type JWK } from 'jose'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { consumeNonce } from '../../store/acme-nonces.js'
import {
  AcmeClient,
  type AcmeReply,
  type Eab,
  type Flattened,
  type HeaderChange,
  makeSigner,
  outcomeOf,
  sampleEab,
  type Signer,
  toBase64url,
  urlOf,
} from '../../testing/acme-client.js'
import { makeEab } from '../../testing/eab.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../../testing/gateway.js'
import { csrFor, type Issued, issueFor } from '../../testing/issue.js'
import { traceOf } from '../../testing/trace.js'
import { NONCE_LIFETIME_MS, Nonces, oldestNonceAt } from '../nonces.js'
import { sweepNonces } from '../sweep-nonces.js'

let gateway: TestGateway
let client: AcmeClient
let other: AcmeClient
let account: string
let issued: Issued
let others: Issued
let reusable: Eab
const opened: AcmeClient[] = []

beforeAll(async () => {
  gateway = await startTestGateway({ change: sendingNothing })
  client = await AcmeClient.registered(gateway)
  account = client.kid ?? ''
  reusable = sampleEab(gateway)
  other = await open()
  await other.register(await makeEab(gateway, { names: ['other.example.ac.jp'] }))
  issued = await issueFor(gateway, client, ['mine.example.ac.jp'])
  others = await issueFor(gateway, other, ['other.example.ac.jp'])
  opened.push(client)
})
afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()))
  await gateway.close()
})

async function open(signer?: Signer): Promise<AcmeClient> {
  const made = new AcmeClient(gateway, signer ?? (await makeSigner()))
  opened.push(made)
  return made
}

/** What another process of the same gateway makes at a time. */
const nonceAt = (time: number) => new Nonces(gateway.env.vault.derive('acme nonces')).make(new Date(time))
const withNonce = (nonce: unknown) => client.post(account, { contact: ['mailto:x@example.ac.jp'] }, { nonce })

interface Binding {
  eab?: Eab | (() => Promise<Eab>)
  header?: HeaderChange
  jwk?: () => Promise<unknown>
  edit?: (jws: Flattened) => unknown
}

async function register({ eab = reusable, header, jwk, edit = (jws) => jws }: Binding): Promise<AcmeReply> {
  const applicant = await open()
  const credential = typeof eab === 'function' ? await eab() : eab
  const binding = await applicant.binding(credential, header, jwk && (await jwk()))
  return applicant.post(client.url('new-account'), { externalAccountBinding: edit(binding) })
}

const withAlg = (alg: string) => (jws: Flattened) => {
  const header = JSON.parse(Buffer.from(jws.protected, 'base64url').toString()) as object
  return { ...jws, protected: toBase64url(JSON.stringify({ ...header, alg })) }
}

const inState = async (change: Record<string, Date>): Promise<Eab> => {
  const eab = await makeEab(gateway, { reusable: false })
  await gateway.env.db.updateTable('eab_credentials').set(change).where('kid', '=', eab.kid).execute()
  return eab
}
const p384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
const past = new Date(Date.now() - 1000)

async function changeKey(bend: { header?: HeaderChange; payload?: object; by?: Signer } = {}) {
  const key = await makeSigner()
  const statement = { account, oldKey: client.signer.jwk, ...bend.payload }
  const url = client.url('key-change')
  const inner = await new FlattenedSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({ alg: 'ES256', jwk: key.jwk, url, ...bend.header })
    .sign((bend.by ?? key).privateKey)
  return client.post(url, inner)
}

const revoke = (payload: unknown, by = client, change: HeaderChange = {}, signer?: Signer) =>
  by.sign(by.url('revoke-cert'), payload, change, signer).then((jws) => by.send(by.url('revoke-cert'), jws))
const contact = (...contacts: string[]) => client.post(account, { contact: contacts })

type Case = [string, () => Promise<AcmeReply>, string, RegExp?]

/** Those that need another state first make it in `prepare`, before the state is looked at. */
const cases: Case[] = [
  ['N1 no nonce', () => withNonce(undefined), '400 badNonce'],
  ['N1 an empty nonce', () => withNonce(''), '400 badNonce'],
  ['N1 a nonce of another alphabet', () => withNonce('+/+/'), '400 badNonce'],
  ['N1 a nonce of 10 kB', () => withNonce('A'.repeat(10_000)), '400 badNonce'],
  ['N5 a nonce that has expired', () => withNonce(nonceAt(Date.now() - 3_700_000)), '400 badNonce'],
  ['N5 a nonce from the future', () => withNonce(nonceAt(Date.now() + 120_000)), '400 badNonce'],
  [
    'N6 a nonce in a header of HTTP only',
    async () => {
      const jws = await client.sign(account, {}, { nonce: undefined })
      return client.send(account, jws, { 'replay-nonce': await client.nonce() })
    },
    '400 badNonce',
  ],
  [
    'E1 no binding',
    async () => (await open()).post(client.url('new-account'), {}),
    '403 externalAccountRequired',
  ],
  ['E2 an unknown kid', () => register({ eab: { ...reusable, kid: 'x' } }), '403 unauthorized', /no EAB/],
  [
    'E3 a MAC wrong by a bit',
    () =>
      register({
        edit: (jws) => {
          const mac = Buffer.from(jws.signature, 'base64url')
          mac[31] = (mac[31] ?? 0) ^ 1
          return { ...jws, signature: mac.toString('base64url') }
        },
      }),
    '403 unauthorized',
    /HMAC/,
  ],
  [
    'E3 the text of the key as the key',
    () => register({ eab: { ...reusable, hmacKey: toBase64url(reusable.hmacKey) } }),
    '403 unauthorized',
    /HMAC/,
  ],
  ['E4 none', () => register({ edit: withAlg('none') }), '400 malformed'],
  ['E4 RS256', () => register({ edit: withAlg('RS256') }), '400 malformed'],
  ['E4 HS512', () => register({ header: { alg: 'HS512' } }), '400 malformed'],
  ['E5 a nonce inside', () => register({ header: { nonce: 'x' } }), '400 malformed'],
  ['E5 another url', () => register({ header: { url: client.url('new-order') } }), '400 malformed'],
  ['E6 another key', () => register({ jwk: async () => (await makeSigner()).jwk }), '400 malformed'],
  ['E7 a name of another tenant', () => other.order(['mine.example.ac.jp']), '400 rejectedIdentifier'],
  [
    'K1 a key that is taken',
    () => changeKey({ header: { jwk: other.signer.jwk }, by: other.signer }),
    '409 malformed',
  ],
  ['K2 the account of another', () => changeKey({ payload: { account: other.kid } }), '400 malformed'],
  ['K2 another oldKey', () => changeKey({ payload: { oldKey: other.signer.jwk } }), '400 malformed'],
  ['K2 a nonce inside', () => changeKey({ header: { nonce: 'x' } }), '400 malformed'],
  ['K2 another url', () => changeKey({ header: { url: client.url('new-order') } }), '400 malformed'],
  ['K2 signed by the old key', () => changeKey({ by: client.signer }), '400 malformed'],
  ['K5 two addresses in one', () => contact('mailto:a@b.jp,c@d.jp'), '400 invalidContact'],
  ['K5 header fields', () => contact('mailto:a@b.jp?cc=c@d.jp'), '400 invalidContact'],
  ['K5 a line break', () => contact('mailto:a@b.jp\r\nBcc: c@d.jp'), '400 invalidContact'],
  ['K5 a telephone', () => contact('tel:1'), '400 unsupportedContact'],
  [
    'K5 three thousand contacts',
    () => contact(...Array<string>(3000).fill('mailto:a@b.jp')),
    '400 malformed',
  ],
  [
    'K5 ten thousand contacts',
    () => contact(...Array<string>(10_000).fill('mailto:a@b.jp')),
    '413 too-large',
  ],
  ['K5 a list to hidden readers', () => contact('mailto:?cc=a@b.jp'), '400 invalidContact'],
  ['X1 by another account', () => revoke({ certificate: issued.certificate }, other), '403 unauthorized'],
  [
    'X2 by the key of another certificate',
    () =>
      revoke(
        { certificate: issued.certificate },
        client,
        { kid: undefined, jwk: others.signer.jwk, alg: 'ES384' },
        others.signer,
      ),
    '403 unauthorized',
  ],
  ...[2, 6, 7, 10, -1].map((reason): Case => [
    `X4 the reason ${reason}`,
    () => revoke({ certificate: issued.certificate, reason }),
    '400 badRevocationReason',
  ]),
  ['X4 the reason "1"', () => revoke({ certificate: issued.certificate, reason: '1' }), '400 malformed'],
  ['X5 garbage', () => revoke({ certificate: 'AAAA' }), '400 malformed'],
]

describe('is refused and changes nothing:', () => {
  it.each(cases)('%s', async (_name, send, wanted, words = /./) => {
    const before = await traceOf(gateway)
    const reply = await send()
    expect(outcomeOf(reply)).toBe(wanted)
    expect(reply.body.detail).toMatch(words)
    expect(reply.headers.get('replay-nonce')).toMatch(/^[\w-]{43}$/)
    expect(await traceOf(gateway)).toEqual(before)
  })

  it.each([
    ['revoked', { revoked_at: past }, /was revoked/],
    ['expired', { expires_at: past }, /has expired/],
    ['used', { used_at: past }, /was already used/],
  ])('E2 a credential that was %s, in words of its own', async (_name, change, words) => {
    const eab = await inState(change)
    const before = await traceOf(gateway)
    const reply = await register({ eab })
    expect(outcomeOf(reply)).toBe('403 unauthorized')
    expect(reply.body.detail).toMatch(words)
    expect(await traceOf(gateway)).toEqual(before)
  })
})

describe('nonces', () => {
  it('N2 used twice: the second is refused', async () => {
    const jws = await client.sign(account, undefined)
    expect((await client.send(account, jws)).status).toBe(200)
    expect(outcomeOf(await client.send(account, jws))).toBe('400 badNonce')
  })

  it('N3 the same request sixteen times at once, in thirty rounds: one is accepted each time', async () => {
    for (let round = 0; round < 30; round++) {
      const jws = await client.sign(account, round % 2 ? undefined : {}, { nonce: nonceAt(Date.now()) })
      const replies = await Promise.all(Array.from({ length: 16 }, () => client.send(account, jws)))
      const outcomes = replies.map(outcomeOf).sort()
      expect(outcomes).toEqual(['200', ...Array<string>(15).fill('400 badNonce')])
    }
  }, 60_000)

  it('N4 made by one process and used at another: accepted once, then at neither', async () => {
    const nonce = nonceAt(Date.now())
    expect((await client.post(account, undefined, { nonce })).status).toBe(200)
    expect(outcomeOf(await client.post(account, undefined, { nonce }))).toBe('400 badNonce')
    const body = new Nonces(gateway.env.vault.derive('acme nonces')).read(nonce, new Date())
    expect(await consumeNonce(gateway.env.db, body ?? Buffer.alloc(0))).toBe(false)
  })
})

describe('the set of used nonces', () => {
  it('is bounded: what is older than it goes back is forgotten, and refused though its time is not over', async () => {
    const now = Date.now()
    const [old, recent] = [nonceAt(now - NONCE_LIFETIME_MS + 120_000), nonceAt(now)]
    for (const nonce of [old, recent])
      expect((await client.post(account, undefined, { nonce })).status).toBe(200)
    const count = async () =>
      (
        await sql`select from acme_used_nonces where nonce < ${oldestNonceAt(new Date(now - 60_000))}`.execute(
          gateway.env.db,
        )
      ).rows.length
    expect(await count()).toBeGreaterThan(0)
    // As it will be in three minutes.
    const then = new Date(now + 180_000)
    await sweepNonces(gateway.env.db, { earlier: then, later: then })
    expect(await count()).toBe(0)
    for (const nonce of [old, recent])
      expect(outcomeOf(await client.post(account, undefined, { nonce }))).toBe('400 badNonce')
  })

  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)

  it.each([
    ['of the process or the database is ahead', { earlier: inHours(0), later: inHours(24) }],
    ['of either is behind', { earlier: inHours(-24), later: inHours(0) }],
  ])('takes no nonce of now back where the clock %s', async (_name, clocks) => {
    const nonce = nonceAt(Date.now())
    await sweepNonces(gateway.env.db, clocks)
    expect((await client.post(account, undefined, { nonce })).status).toBe(200)
    expect(outcomeOf(await client.post(account, undefined, { nonce }))).toBe('400 badNonce')
  })

  it('comes back to now when both clocks were ahead, and still takes none twice', async () => {
    const used = nonceAt(Date.now())
    expect((await client.post(account, undefined, { nonce: used })).status).toBe(200)
    await sweepNonces(gateway.env.db, { earlier: inHours(24), later: inHours(24) })
    expect(outcomeOf(await client.post(account, undefined, { nonce: nonceAt(Date.now()) }))).toBe(
      '400 badNonce',
    )
    await sweepNonces(gateway.env.db, { earlier: inHours(0), later: new Date() })
    expect(outcomeOf(await client.post(account, undefined, { nonce: used }))).toBe('400 badNonce')
    expect((await client.post(account, undefined, { nonce: nonceAt(Date.now()) })).status).toBe(200)
  })
})

describe('J5 a private key where a public one is due is refused, told to the operator, and shown nowhere:', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  const bound = async (payload: unknown, alg = 'HS256') => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    const binding = await client.binding(reusable, { alg }, text)
    return (await open()).post(client.url('new-account'), { externalAccountBinding: binding })
  }
  const finalizeWith = async (csr: string) => {
    const order = await client.order(['leaked.example.ac.jp'])
    return client.post(String(order.body.finalize), { csr })
  }
  it.each<[string, () => Promise<AcmeReply>]>([
    ['oldKey as a JWK', () => changeKey({ payload: { oldKey: jwk } })],
    ['oldKey as PEM', () => changeKey({ payload: { oldKey: pem } })],
    ['oldKey as PKCS #8', () => changeKey({ payload: { oldKey: pkcs8.toString('base64url') } })],
    ['oldKey under a wrong signature', () => changeKey({ payload: { oldKey: jwk }, by: other.signer })],
    ['a binding to a JWK', () => bound(jwk)],
    ['a binding to PEM', () => bound(pem)],
    ['a binding to the text of PEM', () => bound(JSON.stringify(pem))],
    ['a binding to PKCS #8', () => bound(pkcs8.toString('base64'))],
    ['a binding with a wrong algorithm', () => bound(jwk, 'HS512')],
    ['csr as PKCS #8', () => finalizeWith(pkcs8.toString('base64url'))],
    ['csr as PEM', () => finalizeWith(pem)],
    ['certificate as PKCS #8', () => revoke({ certificate: pkcs8.toString('base64url') })],
  ])('%s', async (_name, send) => {
    const warn = vi.spyOn(gateway.env.log, 'warn')
    await client.order(['leaked.example.ac.jp'])
    const before = await traceOf(gateway)
    const reply = await send()
    expect(outcomeOf(reply)).toBe('400 malformed')
    expect(reply.body.detail).toMatch(/no longer secret/)
    expect(await traceOf(gateway)).toEqual(before)
    expect(warn.mock.calls).toEqual([
      [expect.objectContaining({ thumbprint: await calculateJwkThumbprint(jwk as JWK) }), expect.anything()],
    ])
    expect(reply.text + JSON.stringify(warn.mock.calls)).not.toContain(String(jwk.d))
    warn.mockRestore()
  })

  it('a binding that an account needs no longer', async () => {
    const holder = await open()
    await holder.register(reusable)
    const { d } = jwk
    const binding = await holder.binding(reusable, {}, JSON.stringify({ ...holder.signer.jwk, d }))
    const header = { kid: undefined, jwk: holder.signer.jwk }
    const reply = await holder.post(client.url('new-account'), { externalAccountBinding: binding }, header)
    expect(outcomeOf(reply)).toBe('400 malformed')
    expect((await holder.post(client.url('new-account'), {}, header)).status).toBe(200)
  })
})

describe('accounts', () => {
  it('E6 a bound key with its members in another order is the same key', async () => {
    const applicant = await open()
    const turned = JSON.stringify(Object.fromEntries(Object.entries(applicant.signer.jwk).reverse()))
    const externalAccountBinding = await applicant.binding(reusable, {}, turned)
    expect((await applicant.post(client.url('new-account'), { externalAccountBinding })).status).toBe(201)
  })

  it('E8 one single-use credential for four keys at once: one account', async () => {
    const eab = await makeEab(gateway, { reusable: false })
    const replies = await Promise.all(Array.from({ length: 4 }, () => register({ eab })))
    expect(replies.map(outcomeOf).sort()).toEqual(['201', ...Array<string>(3).fill('403 unauthorized')])
  })

  it('E9 newAccount with a known key and without EAB finds the account', async () => {
    const before = await traceOf(gateway)
    for (const payload of [{}, { onlyReturnExisting: true }]) {
      const reply = await client.post(client.url('new-account'), payload, {
        kid: undefined,
        jwk: client.signer.jwk,
      })
      expect([reply.status, reply.headers.get('location')]).toEqual([200, account])
    }
    expect(await traceOf(gateway)).toEqual(before)
  })

  it('K3, K4 of two key changes at once one wins, and the old key is of no use', async () => {
    const changing = await open()
    await changing.register(reusable)
    const url = client.url('key-change')
    const send = async (key: Signer) => {
      const statement = { account: changing.kid, oldKey: changing.signer.jwk }
      const inner = await new FlattenedSign(Buffer.from(JSON.stringify(statement)))
        .setProtectedHeader({ alg: 'ES256', jwk: key.jwk, url })
        .sign(key.privateKey)
      return changing.post(url, inner)
    }
    const keys = [await makeSigner(), await makeSigner()]
    const outcomes = (await Promise.all(keys.map(send))).map(outcomeOf)
    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1)
    expect((await changing.post(changing.kid ?? '')).status).toBeGreaterThanOrEqual(400)
    const winner = await open(keys[outcomes.indexOf('200')])
    winner.kid = changing.kid
    expect((await winner.post(winner.kid ?? '')).status).toBe(200)
  })

  it('K6 a deactivated account is refused everywhere, and what it has in the queue is stopped', async () => {
    const leaving = await open()
    await leaving.register(reusable)
    const names = ['leaving.example.ac.jp']
    const order = await leaving.order(names)
    const url = urlOf(order)
    await leaving.post(String(order.body.finalize), { csr: await csrFor(names) })
    await leaving.post(leaving.kid ?? '', { status: 'deactivated' })
    const before = await traceOf(gateway)
    const resources = [
      leaving.kid ?? '',
      `${leaving.kid ?? ''}/orders`,
      url,
      String(order.body.finalize),
      `${url}/certificate`,
      `${url}/confirm-installed`,
    ]
    const paths = [
      'new-order',
      'new-authz',
      'revoke-cert',
      'key-change',
      'directory',
      'new-nonce',
      'challenge/x',
    ]
    const more = paths.map((path) => leaving.url(path))
    for (const resource of [...resources, ...more, ...(order.body.authorizations as string[])])
      expect(outcomeOf(await leaving.post(resource))).toMatch(/^(401 unauthorized|400 malformed)$/)
    expect(await traceOf(gateway)).toEqual(before)
    const { state } = await gateway.env.db
      .selectFrom('applications')
      .select('state')
      .where('common_name', '=', names[0] ?? '')
      .executeTakeFirstOrThrow()
    expect(state).toBe('rejected')
  })

  it('X3 a certificate revoked eight times at once, and once more, is revoked once', async () => {
    const { certificate } = await issueFor(gateway, client, ['twice.example.ac.jp'])
    const replies = await Promise.all(Array.from({ length: 8 }, () => revoke({ certificate })))
    expect(replies.map(outcomeOf).sort()).toEqual(['200', ...Array<string>(7).fill('400 alreadyRevoked')])
    expect(outcomeOf(await revoke({ certificate }))).toBe('400 alreadyRevoked')
  })

  it('X5 a precertificate, with the serial, the name and the key of ours, is not ours', async () => {
    const { signer, certificate } = issued
    const leaf = new x509.X509Certificate(Buffer.from(certificate, 'base64url'))
    const publicKey = await crypto.subtle.importKey('jwk', signer.jwk, p384, true, ['verify'])
    const precertificate = await x509.X509CertificateGenerator.createSelfSigned({
      keys: { privateKey: signer.privateKey, publicKey },
      ...{ name: leaf.subject, serialNumber: leaf.serialNumber, signingAlgorithm: p384 },
      ...{ notBefore: leaf.notBefore, notAfter: leaf.notAfter },
      // RFC 6962 §3.1: the poison.
      extensions: [new x509.Extension('1.3.6.1.4.1.11129.2.4.3', true, Buffer.from('0500', 'hex'))],
    })
    const before = await traceOf(gateway)
    const reply = await revoke({ certificate: Buffer.from(precertificate.rawData).toString('base64url') })
    expect(outcomeOf(reply)).toBe('404 malformed')
    expect(await traceOf(gateway)).toEqual(before)
  })

  it('X5 a certificate that is not ours, or ours with a bit changed, is not there', async () => {
    const before = await traceOf(gateway)
    const der = Buffer.from(issued.certificate, 'base64url')
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    expect(outcomeOf(await revoke({ certificate: der.toString('base64url') }))).toBe('404 malformed')
    expect(await traceOf(gateway)).toEqual(before)
  })
})
