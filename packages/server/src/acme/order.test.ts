/** Orders, from newOrder to the certificate, against the real gateway (RFC 8555 §7.4, §7.5). */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleSubjectFor, type TestCsr } from '@upki-gateway/shared/testing'
import type { ApplicationState } from '../issuance/states.js'
import { AcmeClient, type AcmeReply, outcomeOf, sampleEab, urlOf } from '../testing/acme-client.js'
import { makeEab } from '../testing/eab.js'
import { sendingNothing, startTestGateway, type TestGateway } from '../testing/gateway.js'
import { csrFor } from '../testing/issue.js'

let gateway: TestGateway
let client: AcmeClient

beforeAll(async () => {
  // Nothing is sent: these tests move applications themselves.
  gateway = await startTestGateway({ change: sendingNothing })
  client = await AcmeClient.registered(gateway)
})
afterAll(async () => {
  await client.close()
  await gateway.close()
})

let counter = 0
/** A name that no other test has asked for. */
const freshName = () => `host${++counter}.example.ac.jp`

const finalize = (order: AcmeReply, csr: unknown, by = client) =>
  by.post(String(order.body.finalize), { csr })

interface Upki {
  keyType: string
  profileId: string
  state?: string
  detail?: string
}
const upkiOf = ({ body }: AcmeReply) => body.upki as Upki

const applicationOf = async (order: AcmeReply) =>
  gateway.env.db
    .selectFrom('acme_orders')
    .innerJoin('applications', 'applications.id', 'acme_orders.application_id')
    .selectAll('applications')
    .where('acme_orders.id', '=', urlOf(order).split('/').at(-1) ?? '')
    .executeTakeFirstOrThrow()

async function move(
  order: AcmeReply,
  state: ApplicationState,
  change: { failure?: string } = {},
): Promise<void> {
  const { id } = await applicationOf(order)
  await gateway.env.db
    .updateTable('applications')
    .set({ state, ...change })
    .where('id', '=', id)
    .execute()
}

/** Issues as completing an application does, without the service. */
async function issue(order: AcmeReply, serial: string): Promise<void> {
  const { id, organisation, common_name: commonName } = await applicationOf(order)
  const now = new Date()
  await gateway.env.db
    .insertInto('certificates')
    .values({
      serial,
      organisation,
      application_id: id,
      common_name: commonName ?? '',
      subject_dn: '',
      names: [],
      pem: 'LEAF\n',
      chain_pem: 'ISSUER\n',
      status: 'valid',
      not_before: now,
      not_after: now,
      created_at: now,
    } as never)
    .execute()
  await gateway.env.db
    .updateTable('applications')
    .set({ state: 'issued', certificate_serial: serial })
    .where('id', '=', id)
    .execute()
}

const finalized = async (names = [freshName()]) => {
  const order = await client.order(names)
  const csr = await csrFor(names)
  const reply = await finalize(order, csr)
  return { names, order, csr, reply }
}

describe('newOrder', () => {
  it('makes an order that is ready at once for approved names, and tells what CSR is wanted', async () => {
    const names = [freshName(), freshName()]
    const reply = await client.order(names, { profile: 'rsa2048', upki: { software: 'nginx 1.26' } })
    expect(reply.status).toBe(201)
    expect(reply.body).toMatchObject({
      status: 'ready',
      identifiers: names.map((value) => ({ type: 'dns', value })),
      finalize: `${urlOf(reply)}/finalize`,
      profile: 'rsa2048',
      upki: {
        profileId: '3',
        keyType: 'rsa2048',
        subjectDn: `CN=${names[0]!},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`,
        subject: { CN: names[0], O: 'Example University', L: 'Chiyoda-ku', ST: 'Tokyo', C: 'JP' },
      },
    })
    expect(Date.parse(String(reply.body.expires))).toBeGreaterThan(Date.now())
    expect(reply.body).not.toHaveProperty('certificate')
  })

  it('has one valid authorization for each name, shared with other orders', async () => {
    const [one, two] = [freshName(), freshName()]
    const first = (await client.order([one, two])).body.authorizations as string[]
    const second = (await client.order([two])).body.authorizations as string[]
    expect(first).toHaveLength(2)
    expect(second).toEqual([first[1]])
    const { body } = await client.post(first[0]!)
    expect(body).toMatchObject({ identifier: { type: 'dns', value: one }, status: 'valid', challenges: [] })
  })

  it('gives the same order again for the same names in any order and case', async () => {
    const names = [freshName(), freshName()]
    const first = await client.order(names)
    const again = await client.order([...names].reverse().map((name) => name.toUpperCase()))
    expect(again.status).toBe(201)
    expect(urlOf(again)).toBe(urlOf(first))
    expect(again.body).toEqual(first.body)
  })

  it('makes another order for fewer names, another profile, another account', async () => {
    const names = [freshName(), freshName()]
    const other = await AcmeClient.registered(gateway)
    const orders = [
      await client.order(names),
      await client.order(names.slice(1)),
      await client.order(names, { profile: 'p384' }),
      await other.order(names),
    ]
    expect(new Set(orders.map(urlOf)).size).toBe(4)
    await other.close()
  })

  it('makes one order of thirty-two requests at once', async () => {
    const names = [freshName(), freshName(), freshName()]
    const replies = await Promise.all(
      Array.from({ length: 32 }, (_, index) => client.order(index % 2 ? names : [...names].reverse())),
    )
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(replies.map(urlOf)).size).toBe(1)
  })

  it.each<[string, unknown, string]>([
    ['no identifiers', undefined, '400 malformed'],
    ['an empty list', [], '400 malformed'],
    ['a name that is a number', [{ type: 'dns', value: 1 }], '400 malformed'],
    ['the same name twice', ['a.example.ac.jp', 'A.example.ac.jp'], '400 malformed'],
    [
      'a hundred and one names',
      Array.from({ length: 101 }, (_, index) => `h${index}.example.ac.jp`),
      '400 malformed',
    ],
    ['an address', [{ type: 'ip', value: '192.0.2.1' }], '400 unsupportedIdentifier'],
    ['a mail address', [{ type: 'email', value: 'a@example.ac.jp' }], '400 unsupportedIdentifier'],
    [
      'nine names',
      Array.from({ length: 9 }, (_, index) => `h${index}.example.ac.jp`),
      '400 rejectedIdentifier',
    ],
    [
      'names longer than column 13',
      Array.from({ length: 5 }, (_, index) => `h${index}${'x'.repeat(40)}.example.ac.jp`),
      '400 rejectedIdentifier',
    ],
    ['a first name of 65 characters', [`${'x'.repeat(50)}.z.example.ac.jp`], '400 rejectedIdentifier'],
    ['a wildcard', ['*.example.ac.jp'], '400 rejectedIdentifier'],
    ['an address as a name', ['192.0.2.1'], '400 rejectedIdentifier'],
    ['a name elsewhere', ['www.example.com'], '400 rejectedIdentifier'],
    ['a name that only ends alike', ['www.bad-example.ac.jp'], '400 rejectedIdentifier'],
    ['a dot at the end', ['www.example.ac.jp.'], '400 rejectedIdentifier'],
    ['an underscore', ['_dmarc.example.ac.jp'], '400 rejectedIdentifier'],
    ['another script', ['大学.example.ac.jp'], '400 rejectedIdentifier'],
    ['a letter that turns around', ['www\u202e.example.ac.jp'], '400 rejectedIdentifier'],
    ['nothing as a name', [''], '400 rejectedIdentifier'],
    ['a comma', ['a.example.ac.jp,dNSName=b.example.com'], '400 rejectedIdentifier'],
    ['a line break', ['a.example.ac.jp\r\n'], '400 rejectedIdentifier'],
  ])('refuses %s', async (_, names, wanted) => {
    const identifiers = Array.isArray(names)
      ? names.map((name: unknown) => (typeof name === 'string' ? { type: 'dns', value: name } : name))
      : names
    expect(outcomeOf(await client.post(client.url('new-order'), { identifiers }))).toBe(wanted)
  })

  it('says of each refused name what is wrong, in both languages', async () => {
    const { body } = await client.order(['www.example.ac.jp', 'www.example.com', '*.example.ac.jp'])
    const subproblems = body.subproblems as {
      identifier: { value: string }
      finding: { code: string; message: { ja: string } }
    }[]
    expect(subproblems.map(({ identifier, finding }) => [identifier.value, finding.code])).toEqual([
      ['www.example.com', 'hostOutsideDomains'],
      ['*.example.ac.jp', 'hostWildcard'],
    ])
    expect(subproblems.every(({ finding }) => finding.message.ja.length > 0)).toBe(true)
  })

  it('takes eight names', async () => {
    expect((await client.order(Array.from({ length: 8 }, () => freshName()))).status).toBe(201)
  })

  it('refuses dates, unknown profiles and software that cannot stand in the file', async () => {
    const names = [freshName()]
    expect(outcomeOf(await client.order(names, { notAfter: '2030-01-01T00:00:00Z' }))).toBe('400 malformed')
    expect(outcomeOf(await client.order(names, { profile: 'classic' }))).toBe('400 invalidProfile')
    for (const software of ['', 'a\tb', '😀', 'x'.repeat(129)])
      expect(outcomeOf(await client.order(names, { upki: { software } }))).toBe('400 malformed')
    expect((await client.order(names, { upki: { software: 'x'.repeat(128) } })).status).toBe(201)
  })

  it('refuses names that the approval does not cover, and says whom to ask', async () => {
    const narrow = await AcmeClient.open(gateway)
    await narrow.register(await makeEab(gateway, { names: ['www.example.ac.jp'] }))
    expect((await narrow.order(['www.example.ac.jp'])).status).toBe(201)
    const reply = await narrow.order(['www.example.ac.jp', 'web.example.ac.jp'])
    expect(outcomeOf(reply)).toBe('400 rejectedIdentifier')
    expect(reply.body.subproblems).toMatchObject([{ identifier: { value: 'web.example.ac.jp' } }])
    await narrow.close()
  })

  it('refuses every name once the approval has ended', async () => {
    const late = await AcmeClient.open(gateway)
    const { approvalId, ...eab } = await makeEab(gateway)
    await late.register(eab)
    expect((await late.order(['www.example.ac.jp'])).status).toBe(201)
    await gateway.env.db
      .updateTable('approvals')
      .set({ revoked_at: new Date() })
      .where('id', '=', approvalId)
      .execute()
    expect(outcomeOf(await late.order(['www.example.ac.jp']))).toBe('403 unauthorized')
    await late.close()
  })
})

describe('an order inside an approval that ends within a week', () => {
  it('ends with it, and another can be made when the approval was renewed', async () => {
    const late = await AcmeClient.open(gateway)
    const { approvalId, ...eab } = await makeEab(gateway)
    await late.register(eab)
    const lasts = (until: Date) =>
      gateway.env.db
        .updateTable('approvals')
        .set({ valid_until: until })
        .where('id', '=', approvalId)
        .execute()
    const soon = new Date(Date.now() + 3000)
    await lasts(soon)
    const names = [freshName()]
    const order = await late.order(names)
    expect(Date.parse(String(order.body.expires))).toBe(soon.getTime())
    await lasts(new Date(Date.now() + 86_400_000))
    await expect
      .poll(() => late.post(urlOf(order)), { timeout: 20_000 })
      .toMatchObject({ body: { status: 'invalid' } })
    const next = await late.order(names)
    expect([urlOf(next) === urlOf(order), next.body.status]).toEqual([false, 'ready'])
    expect((await finalize(next, await csrFor(names), late)).body.status).toBe('processing')
    await late.close()
  })
})

describe('finalize', () => {
  it('answers at once with processing, keeps all that was said, and rings', async () => {
    const names = [freshName(), freshName()]
    const order = await client.order(names, { upki: { software: 'Apache 2.4' } })
    const reply = await finalize(order, await csrFor(names))
    expect(outcomeOf(reply)).toBe('200')
    expect(reply.body.status).toBe('processing')
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(urlOf(reply)).toBe(urlOf(order))
    expect(upkiOf(reply)).toMatchObject({
      state: 'queued',
      detail: expect.stringMatching(/waits to be sent/),
    })
    const application = await applicationOf(order)
    expect(application).toMatchObject({
      kind: 'server-issue',
      state: 'queued',
      created_by: `account:${client.kid?.split('/').at(-1) ?? ''}`,
    })
    expect(application.fields).toMatchObject({
      subjectDn: `CN=${names[0]!},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`,
      profileId: '11',
      fqdn: names[0],
      dnsNames: names.map((name) => `dNSName=${name}`).join(','),
      subscriberName: '国立 太郎',
      subscriberEmail: 'taro@example.ac.jp',
      software: 'Apache 2.4',
    })
  })

  it('says what the order waits for in Japanese to those who ask for it', async () => {
    const { order } = await finalized()
    const reply = await client.send(urlOf(order), await client.sign(urlOf(order), undefined), {
      'accept-language': 'ja',
    })
    expect(upkiOf(reply).detail).toContain('送信待ち')
  })

  it('takes the same CSR any number of times, sixteen at once, as one application', async () => {
    const names = [freshName()]
    const order = await client.order(names)
    const csr = await csrFor(names)
    const replies = await Promise.all(Array.from({ length: 16 }, () => finalize(order, csr)))
    expect(new Set(replies.map(({ status, body }) => `${status} ${String(body.status)}`))).toEqual(
      new Set(['200 processing']),
    )
    const rows = await gateway.env.db
      .selectFrom('applications')
      .select('id')
      .where('common_name', '=', names[0]!)
      .execute()
    expect(rows).toHaveLength(1)
  })

  it('lets one of eight different CSRs through', async () => {
    const names = [freshName()]
    const order = await client.order(names)
    const csrs = await Promise.all(Array.from({ length: 8 }, () => csrFor(names)))
    const replies = await Promise.all(csrs.map((csr) => finalize(order, csr)))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(replies.filter((reply) => outcomeOf(reply) === '403 orderNotReady')).toHaveLength(7)
    const rows = await gateway.env.db
      .selectFrom('applications')
      .select('id')
      .where('common_name', '=', names[0]!)
      .execute()
    expect(rows).toHaveLength(1)
  })

  it('refuses another CSR while one is under way, says why and when to come back', async () => {
    const { names, order, csr } = await finalized()
    const reply = await finalize(order, await csrFor(names))
    expect(outcomeOf(reply)).toBe('403 orderNotReady')
    expect(reply.body.detail).toMatch(/another CSR/)
    expect(reply.headers.get('retry-after')).toBe('1')
    expect((await finalize(order, csr)).body.status).toBe('processing')
  })

  it('is found again by newOrder while it is processing', async () => {
    const { names, order } = await finalized()
    const again = await client.order(names)
    expect(urlOf(again)).toBe(urlOf(order))
    expect(again.body.status).toBe('processing')
    expect(again.headers.get('retry-after')).toBe('1')
  })

  it('refuses one key in two orders', async () => {
    const names = [freshName()]
    const csr = await csrFor(names)
    await finalize(await client.order(names), csr)
    const other = await client.order(names, { profile: 'p384' })
    const reply = await finalize(other, csr)
    expect(outcomeOf(reply)).toBe('400 badCSR')
    expect(reply.body.subproblems).toMatchObject([{ finding: { code: 'keySeen' } }])
  })

  it('lets one of two orders have a key when both ask at once', async () => {
    const names = [freshName()]
    const csr = await csrFor(names)
    const orders = [await client.order(names), await client.order(names, { profile: 'p384' })]
    const replies = await Promise.all(orders.map((order) => finalize(order, csr)))
    expect(replies.map(outcomeOf).sort()).toEqual(['200', '400 badCSR'])
  })

  it('takes the CN that the CSR has, when it is one of the names', async () => {
    const names = [freshName(), freshName()]
    const order = await client.order(names)
    expect((await finalize(order, await csrFor([...names].reverse()))).status).toBe(200)
    expect((await applicationOf(order)).fields.fqdn).toBe(names[1])
  })

  const bad = 'a.example.ac.jp'
  it.each<[string, TestCsr | string, string, RegExp]>([
    ['no CSR', '', '400 badCSR', /cannot be read/],
    ['another alphabet', '+/+/', '400 malformed', /base64url/],
    ['PEM', '-----BEGIN CERTIFICATE REQUEST-----', '400 malformed', /base64url/],
    ['DER that is no CSR', 'MAA', '400 badCSR', /cannot be read/],
    ['fewer names', { dnsNames: [] }, '400 badCSR', /CSR does not/],
    ['more names', { dnsNames: ['NAME', bad] }, '400 badCSR', new RegExp(`CSR has ${bad}`)],
    ['another CN', { subject: sampleSubjectFor(bad) }, '400 badCSR', new RegExp(`CSR has ${bad}`)],
    ['an address', { ipAddress: '192.0.2.1' }, '400 badCSR', /more than host names/],
    ['a subject with the CN alone', { subject: 'CN=NAME' }, '400 badCSR', /openssl req -new/],
    [
      'another L',
      { subject: 'C=JP,ST=Tokyo,L=Minato-ku,O=Example University,CN=NAME' },
      '400 badCSR',
      /Minato-ku/,
    ],
    ['P-256', { key: 'p256' }, '400 badCSR', /P-256/],
    ['RSA 3072', { key: 'rsa3072' }, '400 badCSR', /RSA 3072/],
    ['SHA-1', { key: 'rsaSha1' }, '400 badCSR', /sha1/],
    ['a challenge password', { challengePassword: 'x' }, '400 badCSR', /challenge password/],
  ])('refuses a CSR with %s, and the order stays ready', async (_, change, wanted, words) => {
    const name = freshName()
    // A second name, so that the CN alone is not all.
    const names = [name, freshName()]
    const order = await client.order(names)
    const replaced = (text: string) => text.replace('NAME', name)
    const csr =
      typeof change === 'string'
        ? change
        : await csrFor(names, {
            ...change,
            ...(change.subject ? { subject: replaced(change.subject) } : {}),
            ...(change.dnsNames ? { dnsNames: [...change.dnsNames.map(replaced)] } : {}),
          })
    const reply = await finalize(order, csr)
    expect(outcomeOf(reply)).toBe(wanted)
    expect(reply.body.detail).toMatch(words)
    const now = await client.post(urlOf(order))
    expect(now.body.status).toBe('ready')
  })

  it('refuses the key of the account', async () => {
    const keys = await generateKeyPair('RS256', { extractable: true })
    const signer = { alg: 'RS256', privateKey: keys.privateKey, jwk: await exportJWK(keys.publicKey) }
    const careless = new AcmeClient(gateway, signer)
    await careless.register(sampleEab(gateway))
    const name = freshName()
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
      name: sampleSubjectFor(name),
      keys,
      signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    })
    const reply = await finalize(
      await careless.order([name]),
      Buffer.from(csr.rawData).toString('base64url'),
      careless,
    )
    expect(outcomeOf(reply)).toBe('400 badCSR')
    expect(reply.body.detail).toMatch(/key of an account/)
    await careless.close()
  })

  it('names the exact subject and a command for a stock client', async () => {
    const name = freshName()
    const order = await client.order([name])
    const reply = await finalize(order, await csrFor([name], { subject: `CN=${name}`, key: 'rsa2048' }))
    expect(reply.body.detail).toContain(`CN=${name},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`)
    expect(reply.body.detail).toContain(
      `openssl req -new -newkey rsa:2048 -sha256 -nodes -keyout privkey.pem -out request.pem -subj "/C=JP/ST=Tokyo/L=Chiyoda-ku/O=Example University/CN=${name}" -addext "subjectAltName=DNS:${name}"`,
    )
    const codes = (reply.body.subproblems as { finding: { code: string } }[]).map(
      ({ finding }) => finding.code,
    )
    expect(new Set(codes)).toEqual(new Set(['csrSubjectMissing']))
  })

  it('refuses a key that is not the one of the profile asked for', async () => {
    const names = [freshName()]
    const order = await client.order(names, { profile: 'rsa2048' })
    const reply = await finalize(order, await csrFor(names))
    expect(outcomeOf(reply)).toBe('400 badCSR')
    expect(reply.body.detail).toMatch(/new RSA 2048 key/)
  })

  it.each(['manual', 'auto'] as const)(
    'waits for an operator when the approval ended after the order was made, where others are approved %s',
    async (approval) => {
      const late = await AcmeClient.open(gateway)
      const { approvalId, ...eab } = await makeEab(gateway)
      await late.register(eab)
      const names = [freshName()]
      const order = await late.order(names)
      await gateway.env.db
        .updateTable('approvals')
        .set({ revoked_at: new Date() })
        .where('id', '=', approvalId)
        .execute()
      const organisation = gateway.env.organisation('example')
      const usual = organisation.approval
      organisation.approval = approval
      const reply = await finalize(order, await csrFor(names), late)
      organisation.approval = usual
      expect(reply.body.status).toBe('processing')
      expect(upkiOf(reply)).toMatchObject({
        state: 'awaiting-approval',
        detail: expect.stringMatching(/operator/),
      })
      await late.close()
    },
  )

  it('refuses an order of a profile that the organisation has no longer', async () => {
    const names = [freshName()]
    const order = await client.order(names, { profile: 'p384' })
    const config = gateway.env.organisation('example')
    const kept = config.profiles
    config.profiles = ['3']
    const csr = await csrFor(names)
    expect(outcomeOf(await finalize(order, csr))).toBe('400 invalidProfile')
    config.profiles = kept
    expect(outcomeOf(await finalize(order, csr))).toBe('200')
  })

  it.each([{}, { profile: 'p384' }])(
    'tells an organisation that has certificates of persons only so at once, whatever was asked for: %j',
    async (asked) => {
      const config = gateway.env.organisation('example')
      const kept = config.profiles
      config.profiles = ['5', '13']
      const reply = await client.order([freshName()], asked)
      config.profiles = kept
      expect(outcomeOf(reply)).toBe('400 invalidProfile')
      expect(reply.body.detail).toBe(
        'Your organisation has no profile for server certificates; ask its registration authority operator',
      )
    },
  )

  it('refuses an order that expired', async () => {
    const names = [freshName()]
    const order = await client.order(names)
    await gateway.env.db
      .updateTable('acme_orders')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('id', '=', urlOf(order).split('/').at(-1) ?? '')
      .execute()
    expect((await client.post(urlOf(order))).body).toMatchObject({
      status: 'invalid',
      error: { detail: expect.stringMatching(/expired/) },
    })
    expect(outcomeOf(await finalize(order, await csrFor(names)))).toBe('403 orderNotReady')
    expect(urlOf(await client.order(names))).not.toBe(urlOf(order))
  })
})

describe('an order that was finalized', () => {
  it.each<[ApplicationState, string]>([
    ['awaiting-approval', 'processing'],
    ['queued', 'processing'],
    ['batched', 'processing'],
    ['submitting', 'processing'],
    ['submitted', 'processing'],
    ['unknown', 'processing'],
    ['held', 'processing'],
    ['issued', 'valid'],
    ['replaced', 'valid'],
    ['revoked', 'valid'],
    ['rejected', 'invalid'],
    ['refused', 'invalid'],
    ['failed', 'invalid'],
  ])('whose application is %s is %s', async (state, status) => {
    const { order } = await finalized()
    await move(order, state)
    const reply = await client.post(urlOf(order))
    expect(reply.body.status).toBe(status)
    expect(upkiOf(reply).state).toBe(state)
    expect(reply.headers.has('retry-after')).toBe(status === 'processing')
    if (status === 'processing') expect(upkiOf(reply).detail).toBeTruthy()
  })

  it('gives its certificate with chain, again and again, and then a new order is made', async () => {
    const { names, order, csr } = await finalized()
    await issue(order, '1001')
    const { body } = await client.post(urlOf(order))
    expect(body.certificate).toBe(`${urlOf(order)}/certificate`)
    for (let time = 0; time < 2; time++) {
      const reply = await client.post(String(body.certificate))
      expect(reply.text).toBe('LEAF\nISSUER\n')
      expect(reply.headers.get('content-type')).toBe('application/pem-certificate-chain')
    }
    expect((await finalize(order, csr)).body.status).toBe('valid')
    expect(outcomeOf(await finalize(order, await csrFor(names)))).toBe('403 orderNotReady')
    expect(urlOf(await client.order(names))).not.toBe(urlOf(order))
  })

  it('that failed says why, and the same names can be ordered again', async () => {
    const { names, order, csr } = await finalized()
    const failure = {
      message: { en: 'Refused (212).', ja: '拒否(212)。' },
      remedy: { en: 'Renew.', ja: '更新。' },
    }
    await move(order, 'failed', { failure: JSON.stringify(failure) })
    const reply = await client.post(urlOf(order))
    expect(reply.body.error).toMatchObject({
      type: 'urn:upki-gateway:problem:application-failed',
      detail: 'Refused (212). Renew.',
    })
    const next = await client.order(names)
    expect(next.body.status).toBe('ready')
    expect((await finalize(next, csr)).body.status).toBe('processing')
  })

  it('has no certificate before it is issued', async () => {
    const { order } = await finalized()
    const reply = await client.post(`${urlOf(order)}/certificate`)
    expect(outcomeOf(reply)).toBe('404 malformed')
  })
})

describe('what belongs to another account', () => {
  it('is as unknown as what does not exist', async () => {
    const { order, csr } = await finalized()
    await issue(order, '1002')
    const other = await AcmeClient.registered(gateway)
    const nobody = urlOf(order).replace(/.{8}$/, '00000000')
    const [authorization] = order.body.authorizations as string[]
    for (const url of [urlOf(order), `${urlOf(order)}/certificate`, authorization!]) {
      const [foreign, absent] = [
        await other.post(url),
        await other.post(url.replace(/[0-9a-f]{8}(?=$|\/certificate)/, '00000000')),
      ]
      expect(outcomeOf(foreign)).toBe('404 malformed')
      expect(foreign.body).toEqual(absent.body)
    }
    expect(outcomeOf(await other.post(`${urlOf(order)}/finalize`, { csr }))).toBe('404 malformed')
    expect(outcomeOf(await other.post(`${nobody}/finalize`, { csr }))).toBe('404 malformed')
    await other.close()
  })
})

describe('the list of orders', () => {
  it('has the newest first, in pages that link to the next', async () => {
    const many = await AcmeClient.registered(gateway)
    const made: string[] = []
    for (let index = 0; index < 101; index++) made.unshift(urlOf(await many.order([freshName()])))
    const first = await many.post(`${many.kid ?? ''}/orders`)
    expect(first.body.orders).toEqual(made.slice(0, 100))
    const next = /<([^>]+)>;rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await many.post(next)
    expect(second.body.orders).toEqual(made.slice(100))
    expect(second.headers.get('link')).not.toContain('rel="next"')
    await many.close()
  })

  it('leaves out those that ended without a certificate, and still leads to what is behind them', async () => {
    const many = await AcmeClient.registered(gateway)
    const made: string[] = []
    for (let index = 0; index < 102; index++) made.unshift(urlOf(await many.order([freshName()])))
    const ids = made.map((url) => url.split('/').at(-1) ?? '')
    await gateway.env.db
      .updateTable('acme_orders')
      .set({ expires_at: new Date(0) })
      .where('id', 'in', ids.slice(0, 100))
      .execute()
    const first = await many.post(`${many.kid ?? ''}/orders`)
    expect(first.body.orders).toEqual([])
    const next = /<([^>]+)>;rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    expect((await many.post(next)).body.orders).toEqual(made.slice(100))
    await many.close()
  })
})
