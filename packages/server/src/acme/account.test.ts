/** Accounts and EAB credentials against the real gateway (RFC 8555 §7.3). */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bootstrap } from '../bootstrap.js'
import { readAccountKey } from './jws/account-key.js'
import { checkUnused } from './jws/unused-key.js'
import {
  AcmeClient,
  outcomeOf,
  type Eab,
  makeSigner,
  sampleEab,
  toBase64url,
} from '../testing/acme-client.js'
import { makeEab } from '../testing/eab.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let client: AcmeClient

beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => ({ ...config, acme: { ...config.acme, website: 'https://example.ac.jp/' } }),
  })
})
afterAll(() => gateway.close())
beforeEach(async () => {
  client = await AcmeClient.open(gateway)
  return () => client.close()
})

const countAccounts = async () =>
  Number(
    (
      await gateway.env.db
        .selectFrom('acme_accounts')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
    ).count,
  )

describe('the directory', () => {
  it('tells the resources and what the CA is', async () => {
    const { body, headers } = await client.request('GET', client.url('directory'))
    expect(body).toEqual({
      newNonce: client.url('new-nonce'),
      newAccount: client.url('new-account'),
      newOrder: client.url('new-order'),
      newAuthz: client.url('new-authz'),
      revokeCert: client.url('revoke-cert'),
      keyChange: client.url('key-change'),
      renewalInfo: client.url('renewal-info'),
      meta: {
        website: 'https://example.ac.jp/',
        caaIdentities: ['secomtrust.net'],
        externalAccountRequired: true,
        profiles: {
          rsa2048: 'Server certificate for an RSA key of 2048 bits (UPKI profile 3)',
          p384: 'Server certificate for an ECDSA key on P-384 (UPKI profile 11)',
        },
        upki: { version: 1 },
      },
    })
    expect(headers.get('content-type')).toMatch(/^application\/json/)
  })
})

describe('the EAB credential of the sample organisation', () => {
  it('lies in the data directory for its owner only', () => {
    const file = join(gateway.directory, 'eab.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(gateway.directory, 'secret.key')).mode & 0o777).toBe(0o600)
    const { kid, hmacKey, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Eab
    expect(rest).toEqual({})
    expect(kid).toMatch(/^[\w-]+$/)
    expect(Buffer.from(hmacKey, 'base64url')).toHaveLength(32)
  })

  it('is not in the store as it is', async () => {
    const { kid, hmacKey } = sampleEab(gateway)
    const { sealed_key: sealed } = await gateway.env.db
      .selectFrom('eab_credentials')
      .selectAll()
      .where('kid', '=', kid)
      .executeTakeFirstOrThrow()
    expect(sealed.includes(Buffer.from(hmacKey, 'base64url'))).toBe(false)
  })

  it('is made again only when its file is gone', async () => {
    const before = sampleEab(gateway)
    await bootstrap(gateway.env)
    expect(sampleEab(gateway)).toEqual(before)
    rmSync(join(gateway.directory, 'eab.json'))
    await bootstrap(gateway.env)
    expect(sampleEab(gateway).kid).not.toBe(before.kid)
    expect((await client.register(sampleEab(gateway))).status).toBe(201)
  })

  it('is not made for an organisation with another domain', async () => {
    const file = join(gateway.directory, 'eab.json')
    const kept = readFileSync(file)
    rmSync(file)
    const { config } = gateway.env
    const organisations = config.organisations.map((each) => ({
      ...each,
      domains: ['example.ac.jp', 'kobe-u.ac.jp'],
    }))
    await bootstrap({ ...gateway.env, config: { ...config, organisations } })
    expect(existsSync(file)).toBe(false)
    writeFileSync(file, kept, { mode: 0o600 })
  })
})

describe('POST-as-GET', () => {
  beforeEach(() => client.register(sampleEab(gateway)))

  it('of the directory gives what GET gives', async () => {
    const got = await client.request('GET', client.url('directory'))
    const posted = await client.post(client.url('directory'))
    expect([posted.status, posted.body]).toEqual([200, got.body])
    expect(posted.headers.get('replay-nonce')).toMatch(/^[\w-]{43}$/)
    expect(posted.headers.get('link')).toBeNull()
  })

  it('of newNonce gives a nonce that is good, and is kept by no cache', async () => {
    const { status, text, headers } = await client.post(client.url('new-nonce'))
    expect([status, text, headers.get('cache-control')]).toEqual([204, '', 'no-store'])
    const nonce = headers.get('replay-nonce')
    expect((await client.post(client.kid ?? '', undefined, { nonce })).status).toBe(200)
  })

  it.each(['directory', 'new-nonce'])('of %s is signed, and has an empty payload', async (path) => {
    const url = client.url(path)
    expect(outcomeOf(await client.post(url, {}))).toBe('400 malformed')
    const jws = await client.sign(url, undefined)
    expect(outcomeOf(await client.send(url, { ...jws, signature: 'AAAA' }))).toBe('400 malformed')
    expect((await client.send(url, jws)).status).toBeLessThan(300)
    expect(outcomeOf(await client.send(url, jws))).toBe('400 badNonce')
  })
})

describe('newAccount', () => {
  it('makes an account that has what was sent and what it may do', async () => {
    const externalAccountBinding = await client.binding(sampleEab(gateway))
    const contact = ['mailto:taro@example.ac.jp']
    const reply = await client.post(client.url('new-account'), { externalAccountBinding, contact })
    client.kid = reply.headers.get('location') ?? undefined
    expect(reply.status).toBe(201)
    expect(reply.body).toEqual({
      status: 'valid',
      contact: ['mailto:taro@example.ac.jp'],
      externalAccountBinding,
      orders: `${client.kid ?? ''}/orders`,
    })
    const id = client.kid?.split('/').at(-1)
    const audit = await gateway.env.db
      .selectFrom('audit_log')
      .selectAll()
      .where('subject', '=', id ?? '')
      .execute()
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['account.create', `account:${id ?? ''}`],
    ])
  })

  it('finds the account of a known key, with EAB and without, asked to or not', async () => {
    await client.register(sampleEab(gateway))
    const { kid } = client
    client.kid = undefined
    for (const payload of [{}, { onlyReturnExisting: true }, { contact: ['mailto:other@example.ac.jp'] }]) {
      const reply = await client.post(client.url('new-account'), payload)
      expect(outcomeOf(reply)).toBe('200')
      expect(reply.headers.get('location')).toBe(kid)
      expect(reply.body.contact).toEqual([])
    }
  })

  it('does not use up a single-use credential for a known key', async () => {
    await client.register(sampleEab(gateway))
    client.kid = undefined
    const single = await makeEab(gateway, { reusable: false })
    expect((await client.register(single)).status).toBe(200)
    const other = await AcmeClient.open(gateway)
    expect((await other.register(single)).status).toBe(201)
    await other.close()
  })

  it('takes a signed request once', async () => {
    const url = client.url('new-account')
    const jws = await client.sign(url, { externalAccountBinding: await client.binding(sampleEab(gateway)) })
    expect(outcomeOf(await client.send(url, jws))).toBe('201')
    expect(outcomeOf(await client.send(url, jws))).toBe('400 badNonce')
  })

  it('says that there is no account when only an existing one is wanted', async () => {
    const reply = await client.post(client.url('new-account'), { onlyReturnExisting: true })
    expect(outcomeOf(reply)).toBe('400 accountDoesNotExist')
  })

  it('takes the same request twice at once as one account', async () => {
    const before = await countAccounts()
    const single = await makeEab(gateway, { reusable: false })
    const replies = await Promise.all(
      Array.from({ length: 8 }, async () =>
        client.post(client.url('new-account'), { externalAccountBinding: await client.binding(single) }),
      ),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect(new Set(replies.map(({ headers }) => headers.get('location'))).size).toBe(1)
    expect(await countAccounts()).toBe(before + 1)
  })

  it('holds the account that the same request made meanwhile against nobody', async () => {
    await client.register(sampleEab(gateway))
    const key = await readAccountKey(client.signer.jwk)
    await gateway.env.db.transaction().execute((trx) => checkUnused(trx, key))
  })

  it('lets one of eight keys have a single-use credential', async () => {
    const single = await makeEab(gateway, { reusable: false })
    const before = await countAccounts()
    const clients = await Promise.all(Array.from({ length: 8 }, () => AcmeClient.open(gateway)))
    const replies = await Promise.all(clients.map((each) => each.register(single)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(replies.filter((reply) => outcomeOf(reply) === '403 unauthorized')).toHaveLength(7)
    expect(await countAccounts()).toBe(before + 1)
    await Promise.all(clients.map((each) => each.close()))
  })

  describe.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['nothing', () => Promise.resolve(undefined), '403 externalAccountRequired', /EAB/],
    ['text', () => Promise.resolve('eab'), '400 malformed', /flattened/],
    [
      'an unknown kid',
      () => client.binding({ ...sampleEab(gateway), kid: 'nobody' }),
      '403 unauthorized',
      /no EAB/,
    ],
    [
      'an expired one',
      async () => client.binding(await makeEab(gateway, { expiresAt: new Date(Date.now() - 1) })),
      '403 unauthorized',
      /expired/,
    ],
    [
      'the HMAC key of another',
      async () => client.binding({ ...(await makeEab(gateway)), hmacKey: sampleEab(gateway).hmacKey }),
      '403 unauthorized',
      /HMAC/,
    ],
    [
      'a MAC with a bit changed',
      async () => {
        const jws = await client.binding(sampleEab(gateway))
        const mac = Buffer.from(jws.signature, 'base64url')
        mac[0] = (mac[0] ?? 0) ^ 1
        return { ...jws, signature: mac.toString('base64url') }
      },
      '403 unauthorized',
      /HMAC/,
    ],
    ['HS512', () => client.binding(sampleEab(gateway), { alg: 'HS512' }), '400 malformed', /HS256/],
    [
      'alg none',
      async () => ({
        ...(await client.binding(sampleEab(gateway))),
        protected: toBase64url(
          JSON.stringify({ alg: 'none', kid: sampleEab(gateway).kid, url: client.url('new-account') }),
        ),
      }),
      '400 malformed',
      /HS256/,
    ],
    ['a nonce inside', () => client.binding(sampleEab(gateway), { nonce: 'x' }), '400 malformed', /nonce/],
    [
      'another url',
      () => client.binding(sampleEab(gateway), { url: client.url('new-order') }),
      '400 malformed',
      /url/,
    ],
    ['no kid', () => client.binding(sampleEab(gateway), { kid: undefined }), '400 malformed', /kid/],
    [
      'another key',
      async () => client.binding(sampleEab(gateway), {}, (await makeSigner()).jwk),
      '400 malformed',
      /another key/,
    ],
    ['no key', () => client.binding(sampleEab(gateway), {}, '{}'), '400 malformed', /another key/],
  ])('bound by %s', (_, binding, wanted, words) => {
    it('is refused, says why, and leaves nothing', async () => {
      const before = await countAccounts()
      const reply = await client.post(client.url('new-account'), { externalAccountBinding: await binding() })
      expect(outcomeOf(reply)).toBe(wanted)
      expect(reply.body.detail).toMatch(words)
      expect(await countAccounts()).toBe(before)
    })
  })

  it('says that a credential was revoked, in Japanese to those who ask for it', async () => {
    const eab = await makeEab(gateway)
    await gateway.env.db
      .updateTable('eab_credentials')
      .set({ revoked_at: new Date() })
      .where('kid', '=', eab.kid)
      .execute()
    const url = client.url('new-account')
    const jws = await client.sign(url, { externalAccountBinding: await client.binding(eab) })
    const reply = await client.send(url, jws, { 'accept-language': 'ja' })
    expect(outcomeOf(reply)).toBe('403 unauthorized')
    expect(reply.body.detail).toContain('取り消されています')
  })

  it('takes a bound key whose members stand in another order', async () => {
    const { jwk } = client.signer
    const turned = JSON.stringify(Object.fromEntries(Object.entries(jwk).reverse()))
    const reply = await client.post(client.url('new-account'), {
      externalAccountBinding: await client.binding(sampleEab(gateway), {}, turned),
    })
    expect(reply.status).toBe(201)
  })

  it('refuses contacts that are none, and uses up nothing', async () => {
    const single = await makeEab(gateway, { reusable: false })
    expect(outcomeOf(await client.register(single, { contact: ['tel:1'] }))).toBe('400 unsupportedContact')
    expect(outcomeOf(await client.register(single, { contact: ['mailto:a@b.jp,c@d.jp'] }))).toBe(
      '400 invalidContact',
    )
    expect(outcomeOf(await client.register(single))).toBe('201')
  })

  it('refuses members of a wrong type and names them', async () => {
    const reply = await client.register(sampleEab(gateway), {
      contact: 'mailto:a@b.jp',
      onlyReturnExisting: 1,
    })
    expect(outcomeOf(reply)).toBe('400 malformed')
    expect(reply.body.detail).toMatch(/contact.*onlyReturnExisting/s)
  })
})

describe('an account', () => {
  beforeEach(() => client.register(sampleEab(gateway)))
  const post = (payload?: unknown) => client.post(client.kid ?? '', payload)

  it('is read by its owner, by POST-as-GET and with an empty object', async () => {
    for (const payload of [undefined, {}]) {
      const reply = await post(payload)
      expect(reply.status).toBe(200)
      expect(reply.body.status).toBe('valid')
    }
  })

  it('changes its contacts', async () => {
    await post({ contact: ['mailto:hanako@example.ac.jp'] })
    expect((await post()).body.contact).toEqual(['mailto:hanako@example.ac.jp'])
    await post({ contact: [] })
    expect((await post()).body.contact).toEqual([])
  })

  it('is of no use after its owner deactivated it', async () => {
    const reply = await post({ status: 'deactivated' })
    expect(reply.body.status).toBe('deactivated')
    expect(outcomeOf(await post())).toBe('401 unauthorized')
    expect(outcomeOf(await client.order(['www.example.ac.jp']))).toBe('401 unauthorized')
    client.kid = undefined
    expect(outcomeOf(await client.register(sampleEab(gateway)))).toBe('401 unauthorized')
  })

  it.each(['revoked', 'valid', 7])('ignores the status %s, and does what else is asked', async (status) => {
    const contact = ['mailto:hanako@example.ac.jp']
    const reply = await post({ status, contact, orders: 'https://example.ac.jp/' })
    expect(reply.body).toMatchObject({ status: 'valid', contact, orders: `${client.kid ?? ''}/orders` })
    expect((await post()).body).toEqual(reply.body)
  })

  it('shows the binding that it was made with, also when it is found again and after a key change', async () => {
    const { externalAccountBinding: binding } = (await post()).body
    expect(binding).toMatchObject({ protected: expect.any(String) as string })
    const found = await client.post(client.url('new-account'), {}, { kid: undefined, jwk: client.signer.jwk })
    expect([found.status, found.body.externalAccountBinding]).toEqual([200, binding])
  })

  it('is not shown to another account', async () => {
    const other = await AcmeClient.registered(gateway)
    expect(outcomeOf(await other.post(client.kid ?? ''))).toBe('403 unauthorized')
    expect(outcomeOf(await other.post(`${client.kid ?? ''}/orders`))).toBe('403 unauthorized')
    await other.close()
  })
})

describe('with terms of service', () => {
  let strict: TestGateway
  beforeAll(async () => {
    strict = await startTestGateway({
      change: (config) => ({
        ...config,
        acme: { ...config.acme, termsOfService: 'https://example.ac.jp/terms' },
      }),
    })
  })
  afterAll(() => strict.close())

  it('the directory names them', async () => {
    const visitor = await AcmeClient.open(strict)
    const { body } = await visitor.request('GET', visitor.url('directory'))
    expect(body.meta).toMatchObject({ termsOfService: 'https://example.ac.jp/terms' })
    await visitor.close()
  })

  it('an account is made only by who agrees', async () => {
    const visitor = await AcmeClient.open(strict)
    const refusal = await visitor.register(sampleEab(strict))
    expect(outcomeOf(refusal)).toBe('403 userActionRequired')
    expect(refusal.headers.get('link')).toContain('<https://example.ac.jp/terms>;rel="terms-of-service"')
    expect(refusal.headers.get('link')).toContain(';rel="index"')
    const reply = await visitor.register(sampleEab(strict), { termsOfServiceAgreed: true })
    expect(reply.body.termsOfServiceAgreed).toBe(true)
    await visitor.close()
  })
})

describe('with an external URL', () => {
  const externalUrl = 'https://acme.example.ac.jp'
  let behind: TestGateway
  beforeAll(async () => {
    behind = await startTestGateway({
      change: (config) => ({ ...config, acme: { ...config.acme, externalUrl } }),
    })
  })
  afterAll(() => behind.close())

  it('every address stands on it, and no other counts, whatever the Host header says', async () => {
    const visitor = await AcmeClient.open(behind)
    const headers = { host: 'evil.example' }
    const { body } = await visitor.request('GET', visitor.url('directory'), { headers })
    expect(body).toMatchObject({ newNonce: `${externalUrl}/acme/new-nonce` })
    const sent = visitor.url('new-account')
    const url = `${externalUrl}/acme/new-account`
    const register = async (outer: string) => {
      const payload = { externalAccountBinding: await visitor.binding(sampleEab(behind), { url: outer }) }
      return visitor.send(
        sent,
        await visitor.sign(sent, payload, { url: outer, nonce: await visitor.nonce() }),
      )
    }
    expect(outcomeOf(await register(sent))).toBe('403 unauthorized')
    const made = await register(url)
    expect(outcomeOf(made)).toBe('201')
    expect(made.headers.get('location')).toContain(`${externalUrl}/acme/account/`)
    expect(made.headers.get('link')).toBe(`<${externalUrl}/acme/directory>;rel="index"`)
    await visitor.close()
  })
})
