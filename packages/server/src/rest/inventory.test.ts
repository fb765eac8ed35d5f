/** The inventory: from reports and by hand; what is due, revoked, confirmed; acts on many at once. */
import { makeCertificate, sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../policy/scopes.js'
import { expireCertificates } from '../store/inventory.js'
import { byHand, makeReport } from '../testing/by-hand.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let token: string

beforeAll(async () => {
  gateway = await startTestGateway({ change: byHand })
  token = await gateway.token(scopes)
})
afterAll(() => gateway.close())

const get = (path: string) => gateway.http.get(path).set('authorization', `Bearer ${token}`)
const post = (path: string) => gateway.http.post(path).set('authorization', `Bearer ${token}`)

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()

interface Certificate {
  serial: string
  status: string
  commonName: string
  replacementConfirmedAt: string | null
}

let serials = 0x1000

interface Made {
  commonName: string
  issuer?: string
  notBefore?: string
  notAfter?: string
}

async function make({
  commonName,
  issuer = 'Test CA',
  notBefore = inDays(-100),
  notAfter = inDays(98),
}: Made) {
  const serialNumber = (serials += 1).toString(16)
  const pem = await makeCertificate({ commonName, issuer, notBefore, notAfter, serialNumber })
  return { pem, serial: String(BigInt(`0x${serialNumber}`)), commonName }
}

/** A row of the report as the service writes it. */
const rowOf = (
  { pem, serial, commonName }: Awaited<ReturnType<typeof make>>,
  status: string,
  more: Record<number, string> = {},
) => ({
  ...{ 4: `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`, 11: '11', 12: status },
  ...{ 15: 'taro@example.ac.jp', 16: commonName, 23: pem.replace(/-----[^-]+-----|\s/g, ''), 24: serial },
  ...more,
})

const give = (...rows: Record<number, string>[]) =>
  post('/v1/reports?name=server')
    .type('text/tab-separated-values')
    .send(makeReport(...rows))

const look = async (serial: string) => (await get(`/v1/certificates/${serial}`)).body as Certificate

const enter = async (made: Made, more: object = {}) => {
  const { pem, serial } = await make(made)
  const answer = await post('/v1/certificates').send({ pem, ...more })
  return { answer, serial, pem }
}

const find = async (query: string) =>
  ((await get(`/v1/certificates?${query}`)).body as { certificates: Certificate[] }).certificates.map(
    ({ commonName }) => commonName,
  )

describe('a report', () => {
  it('brings certificates with their status, and nothing new the second time', async () => {
    const [valid, replaced, revoked] = await Promise.all(
      ['a', 'b', 'c'].map((name) => make({ commonName: `${name}.history.example.ac.jp` })),
    )
    const rows = [rowOf(valid!, '5'), rowOf(replaced!, '6'), rowOf(revoked!, '7', { 37: '4' })]
    expect((await give(...rows)).body).toEqual({ rows: 3, added: 3, changed: 0, unreadable: 0, matched: 0 })
    expect((await give(...rows)).body).toMatchObject({ added: 0, changed: 0 })
    const known = await Promise.all([valid, replaced, revoked].map((made) => look(made!.serial)))
    expect(known.map(({ status }) => status)).toEqual(['valid', 'replaced', 'revoked'])
  })

  it('tells what was revoked or replaced since, and never makes a certificate valid again', async () => {
    const made = await make({ commonName: 'since.example.ac.jp' })
    const statuses = []
    for (const status of ['4', '6', '5', '7', '6']) {
      await give(rowOf(made, status))
      statuses.push((await look(made.serial)).status)
    }
    expect(statuses).toEqual(['valid', 'replaced', 'replaced', 'revoked', 'revoked'])
  })

  it('leaves out a certificate that cannot be read, and rows still in work', async () => {
    const made = await make({ commonName: 'broken.example.ac.jp' })
    const broken = { ...rowOf(made, '5'), 23: 'AAAA' }
    const inWork = { ...rowOf(made, '1'), 23: '', 24: '' }
    expect((await give(broken, inWork)).body).toMatchObject({ rows: 2, added: 0, unreadable: 1 })
  })

  it('decides that a known CN is renewed, and which serial is replaced', async () => {
    const commonName = 'renew.example.ac.jp'
    const old = await make({ commonName, notBefore: inDays(-300) })
    const newest = await make({ commonName, notBefore: inDays(-20) })
    await give(rowOf(newest, '7'), rowOf(old, '6'))
    const csr = await sampleCsr(commonName)
    const answer = await post('/v1/applications').send({
      ...{ csr, subscriberEmail: 'taro@example.ac.jp', software: 'nginx' },
    })
    expect((answer.body as { applications: unknown[] }).applications[0]).toMatchObject({
      kind: 'server-renew',
      fields: { serial: newest.serial },
    })
  })
})

describe('a certificate entered by hand', () => {
  it('joins the inventory once', async () => {
    const { answer, pem, serial } = await enter({ commonName: 'hand.example.ac.jp' })
    expect([answer.status, (answer.body as Certificate).commonName]).toEqual([201, 'hand.example.ac.jp'])
    expect((await post('/v1/certificates').send({ pem })).status).toBe(200)
    expect(await look(serial)).toMatchObject({ origin: 'entered', status: 'valid', category: 'server' })
  })

  it.each([
    { name: 'of another domain', pem: () => make({ commonName: 'www.example.com' }).then(({ pem }) => pem) },
    { name: 'that is none', pem: () => Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA') },
  ])('$name is refused', async ({ pem }) => {
    expect((await post('/v1/certificates').send({ pem: await pem() })).status).toBe(422)
  })
})

describe('the search', () => {
  it('finds by every criterion, what ends first coming first', async () => {
    await enter({ commonName: 'late.search.example.ac.jp', issuer: 'Search CA', notAfter: inDays(90) })
    const { serial } = await enter({
      ...{ commonName: 'soon.search.example.ac.jp', issuer: 'Search CA', notAfter: inDays(9) },
    })
    expect(await find('q=search.example')).toEqual(['soon.search.example.ac.jp', 'late.search.example.ac.jp'])
    expect(await find('issuer=search%20ca&limit=1')).toEqual(['soon.search.example.ac.jp'])
    expect(await find(`issuer=Search&after=${serial}`)).toEqual(['late.search.example.ac.jp'])
    expect(await find(`issuer=Search&expiresBefore=${inDays(10)}`)).toEqual(['soon.search.example.ac.jp'])
    expect(await find('commonName=LATE.search.example.ac.jp')).toEqual(['late.search.example.ac.jp'])
    expect(await find(`serial=0x${BigInt(serial).toString(16)}`)).toEqual(['soon.search.example.ac.jp'])
    expect(await find('q=search.example&status=revoked')).toEqual([])
    expect(await find('q=%25')).toEqual([])
  })

  it.each([
    // Three letters or digits in a row have an index where the database has one, fewer do not.
    { what: 'three letters', q: 'zzq', finds: true },
    { what: 'two letters', q: 'zq', finds: true },
    { what: 'other case', q: 'ZZQ.Parts', finds: true },
    { what: 'no letter', q: '--.', finds: false },
    { what: 'the subject', q: 'CN=zzq.parts', finds: true },
    { what: 'a wildcard that stands for itself', q: 'zzq%parts', finds: false },
    { what: 'the end of one text with the beginning of the next', q: 'ac.jpCN=', finds: false },
  ])('by $what finds: $finds', async ({ q, finds }) => {
    const name = 'zzq.parts.example.ac.jp'
    await enter({ commonName: name })
    expect((await find(`q=${encodeURIComponent(q)}`)).includes(name)).toBe(finds)
  })

  it('finds by a part of the serial', async () => {
    const { serial } = await enter({ commonName: 'serial.parts.example.ac.jp' })
    for (const part of [serial, serial.slice(0, 3), serial.slice(-2)])
      expect(await find(`q=${part}`)).toContain('serial.parts.example.ac.jp')
  })
})

describe('the due list', () => {
  interface Due {
    expiring: { withinDays: number; certificate: Certificate }[]
    unconfirmed: Certificate[]
  }
  const due = async () => (await get('/v1/due?limit=200')).body as Due

  it.each([
    { days: 0.9, within: 1 },
    { days: 1.1, within: 7 },
    { days: 13.9, within: 14 },
    { days: 29.9, within: 30 },
    { days: 30.1, within: undefined },
  ])('says of a certificate with $days days left that it ends within $within', async ({ days, within }) => {
    const { serial } = await enter({ commonName: 'due.example.ac.jp', notAfter: inDays(days) })
    const entry = (await due()).expiring.find(({ certificate }) => certificate.serial === serial)
    expect(entry?.withinDays).toBe(within)
  })

  it.each([
    { days: 13.9, isDue: false },
    { days: 14.1, isDue: true },
  ])('reminds $isDue of a replacement $days days ago that nobody confirmed', async ({ days, isDue }) => {
    const commonName = 'reminder.example.ac.jp'
    const old = await make({ commonName })
    await give(rowOf(old, '6'))
    await enter({ commonName, notBefore: inDays(-days) }, { replacesSerial: old.serial })
    const { unconfirmed } = await due()
    expect(unconfirmed.some(({ serial }) => serial === old.serial)).toBe(isDue)
  })
})

describe('a revocation', () => {
  it('is applied for once, with reason and comment, and an operator needs nobody', async () => {
    const { serial } = await enter({ commonName: 'revoke.example.ac.jp' })
    const revoke = () =>
      post(`/v1/certificates/${serial}/revoke`).send({ reason: '5', comment: 'サーバ撤去' })
    expect((await revoke()).body).toMatchObject({
      kind: 'server-revoke',
      state: 'queued',
      fields: { serial, revocationReason: '5', revocationComment: 'サーバ撤去' },
    })
    expect((await revoke()).status).toBe(409)
  })

  it('of someone who may not approve waits for an operator', async () => {
    const { serial } = await enter({ commonName: 'ask.example.ac.jp' })
    const portal = await gateway.token(['applications:write'])
    const answer = await gateway.http
      .post(`/v1/certificates/${serial}/revoke`)
      .set('authorization', `Bearer ${portal}`)
      .send({ reason: '4' })
    expect([answer.status, (answer.body as { state: string }).state]).toEqual([201, 'awaiting-approval'])
  })

  it('that waits for an operator is asked for once, and keeps none from revoking at once', async () => {
    const { serial } = await enter({ commonName: 'urgent.example.ac.jp' })
    const portal = await gateway.token(['applications:write'])
    const revoke = (by: string) =>
      gateway.http
        .post(`/v1/certificates/${serial}/revoke`)
        .set('authorization', `Bearer ${by}`)
        .send({ reason: '1' })
    const statuses = [await revoke(portal), await revoke(portal), await revoke(token), await revoke(token)]
    expect(statuses.map(({ status }) => status)).toEqual([201, 409, 201, 409])
  })

  describe('that an operator approves too late', () => {
    let operator: { token: string }
    beforeAll(async () => (operator = await gateway.operator('operator')))

    /** Applied for by a portal, under the serial as it writes it. */
    async function wait(serial: string, commonName: string): Promise<string> {
      const portal = await gateway.token(['applications:write'])
      const subjectDn = `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`
      const answer = await gateway.http
        .post('/v1/applications')
        .set('authorization', `Bearer ${portal}`)
        .send({
          ...{ kind: 'server-revoke', serial, subjectDn },
          ...{ revocationReason: '4', subscriberEmail: 'taro@example.ac.jp' },
        })
      const [row] = (answer.body as { applications: { id: string; state: string }[] }).applications
      expect(row?.state).toBe('awaiting-approval')
      return row!.id
    }
    const decide = async (id: string, decision: 'approve' | 'reject') => {
      const { status, body } = await gateway.http
        .post(`/v1/applications/${id}/${decision}`)
        .set({ authorization: `Bearer ${operator.token}`, 'accept-language': 'en' })
        .send(decision === 'approve' ? {} : { reason: 'twice' })
      return { status, detail: (body as { detail?: string }).detail }
    }
    const hex = (serial: string) => `0x${BigInt(serial).toString(16)}`

    it.each([
      ['as certificates are kept', (serial: string) => serial],
      ['in hexadecimal', hex],
    ])('is refused when another one went out, and can be rejected: serial %s', async (_, write) => {
      const commonName = 'late.example.ac.jp'
      const { serial } = await enter({ commonName })
      const waiting = await wait(write(serial), commonName)
      const answer = await post(`/v1/certificates/${serial}/revoke`).send({ reason: '1' })
      const { id } = answer.body as { id: string }
      expect(await decide(waiting, 'approve')).toEqual({
        status: 409,
        detail: `The certificate ${serial} is revoked by the application ${id} already; reject this application`,
      })
      expect((await decide(waiting, 'reject')).status).toBe(200)
    })

    it('is not asked for again meanwhile, in whatever form its serial was written', async () => {
      const { serial } = await enter({ commonName: 'once.example.ac.jp' })
      await wait(hex(serial), 'once.example.ac.jp')
      const { status } = await gateway.http
        .post(`/v1/certificates/${serial}/revoke`)
        .set('authorization', `Bearer ${await gateway.token(['applications:write'])}`)
        .send({ reason: '1' })
      expect(status).toBe(409)
    })

    it('is refused when its CA has revoked the certificate, or its time is over', async () => {
      const commonName = 'ended.example.ac.jp'
      const [revoked, expired] = [await make({ commonName }), await make({ commonName })]
      await give(rowOf(revoked, '4'), rowOf(expired, '4'))
      expect((await look(revoked.serial)).status).toBe('valid')
      const ids = [await wait(revoked.serial, commonName), await wait(expired.serial, commonName)]
      await give(rowOf(revoked, '7'))
      expect((await look(revoked.serial)).status).toBe('revoked')
      await gateway.env.db
        .updateTable('certificates')
        .set({ not_after: new Date(0) })
        .where('serial', '=', expired.serial)
        .execute()
      for (const id of ids)
        expect(await decide(id, 'approve')).toMatchObject({
          status: 409,
          detail: expect.stringMatching(/is revoked or has expired; reject/),
        })
    })

    it('is approved once when two wait and both are approved at once, and without another is approved', async () => {
      const commonName = 'both.example.ac.jp'
      const { serial } = await enter({ commonName })
      const ids = [await wait(serial, commonName), await wait(hex(serial), commonName)]
      const answers = await Promise.all(ids.map((id) => decide(id, 'approve')))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    })
  })

  describe('that is an application of its own', () => {
    const apply = async (serial: string, commonName: string) => {
      const { status, body } = await post('/v1/applications').send({
        ...{ kind: 'server-revoke', serial, revocationReason: '4', subscriberEmail: 'taro@example.ac.jp' },
        subjectDn: `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`,
      })
      const { applications = [], findings = [] } = body as {
        applications?: { id: string }[]
        findings?: { code: string; message: { en: string } }[]
      }
      const [finding] = findings
      return { status, id: applications[0]?.id, code: finding?.code, message: finding?.message.en }
    }

    it.each([
      ['as certificates are kept', (serial: string) => serial],
      ['in hexadecimal', (serial: string) => `0x${BigInt(serial).toString(16)}`],
    ])('is refused at once while another one is under way: serial %s', async (_, write) => {
      const commonName = 'twice.example.ac.jp'
      const { serial } = await enter({ commonName })
      const { status, id } = await apply(serial, commonName)
      expect(status).toBe(201)
      expect(await apply(write(serial), commonName)).toEqual({
        ...{ status: 422, id: undefined, code: 'serialBeingRevoked' },
        message: `The certificate is being revoked, or was, by the application ${id}.`,
      })
      await gateway.env.db
        .updateTable('applications')
        .set({ state: 'failed' })
        .where('id', '=', id!)
        .execute()
      expect((await apply(serial, commonName)).status).toBe(201)
    })

    it('is taken once when two come at once', async () => {
      const commonName = 'together.example.ac.jp'
      const { serial } = await enter({ commonName })
      const answers = await Promise.all([apply(serial, commonName), apply(serial, commonName)])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
    })

    it('is refused for a certificate that is revoked or has expired', async () => {
      const commonName = 'over.example.ac.jp'
      const [revoked, expired] = [
        await make({ commonName }),
        await make({ commonName, notAfter: inDays(-1) }),
      ]
      await give(rowOf(revoked, '7'), rowOf(expired, '4'))
      for (const { serial } of [revoked, expired])
        expect(await apply(serial, commonName)).toMatchObject({ status: 422, code: 'serialEnded' })
    })
  })

  it.each(['2', '6', 4, undefined])('for the reason %s is refused', async (reason) => {
    const { serial } = await enter({ commonName: 'reason.example.ac.jp' })
    expect((await post(`/v1/certificates/${serial}/revoke`).send({ reason })).status).toBe(400)
  })
})

describe('a replaced certificate', () => {
  it('is revoked as superseded when its replacement is confirmed, once', async () => {
    const old = await make({ commonName: 'confirm.example.ac.jp' })
    await give(rowOf(old, '6'))
    const confirm = () => post(`/v1/certificates/${old.serial}/confirm-replaced`)
    const first = (await confirm()).body as Certificate
    expect(first.replacementConfirmedAt).not.toBeNull()
    expect((await confirm()).body).toEqual(first)
    const { applications } = (await get('/v1/applications?limit=200')).body as {
      applications: { kind: string; fields: object }[]
    }
    const revocations = applications.filter(
      ({ fields }) => (fields as { serial?: string }).serial === old.serial,
    )
    expect(revocations).toMatchObject([{ kind: 'server-revoke', fields: { revocationReason: '4' } }])
  })

  it('cannot be confirmed while nothing has replaced it', async () => {
    const { serial } = await enter({ commonName: 'valid.example.ac.jp' })
    expect((await post(`/v1/certificates/${serial}/confirm-replaced`)).status).toBe(409)
  })
})

describe('an incident', () => {
  const plan = (body: object) => post('/v1/incidents').send(body)
  const revoke = { type: 'revoke', reason: '4' }

  it('is planned without doing anything, and carried out once for the number that was seen', async () => {
    const names = ['x', 'y', 'z'].map((name) => `${name}.incident.example.ac.jp`)
    const [before, first, second] = await Promise.all(
      names.map((commonName, index) =>
        enter({ commonName, issuer: 'Bad CA', notBefore: inDays(index === 0 ? -50 : -10) }),
      ),
    )
    const criteria = { issuer: 'bad ca', issuedFrom: inDays(-20) }
    const planned = (await plan({ criteria, action: revoke })).body as {
      id: string
      certificates: { serial: string; commonName: string; status: string }[]
    }
    const serials = planned.certificates.map(({ serial }) => serial)
    expect(serials.toSorted()).toEqual([first!.serial, second!.serial].toSorted())
    expect(serials).not.toContain(before!.serial)
    expect(planned.certificates.map(({ commonName }) => commonName).toSorted()).toEqual(names.slice(1))
    const seen = (await get(`/v1/incidents/${planned.id}`)).body as typeof planned
    expect(seen.certificates).toEqual(planned.certificates)
    const count = async (kind: string) =>
      (
        (await get('/v1/applications?limit=200')).body as { applications: { kind: string; fields: object }[] }
      ).applications.filter(
        (application) =>
          application.kind === kind &&
          serials.includes((application.fields as { serial?: string }).serial ?? ''),
      ).length
    expect(await count('server-revoke')).toBe(0)
    const confirm = (seen: number) => post(`/v1/incidents/${planned.id}/confirm`).send({ count: seen })
    expect((await confirm(1)).status).toBe(409)
    expect((await confirm(2)).body).toEqual({ count: 2 })
    expect((await confirm(2)).status).toBe(409)
    expect(await count('server-revoke')).toBe(2)
  })

  it('can ask for re-issue instead', async () => {
    const { serial } = await enter({ commonName: 'reissue.example.ac.jp', issuer: 'Odd CA' })
    const action = { type: 'reissue', replaceBy: inDays(3) }
    const planned = (await plan({ criteria: { issuer: 'odd ca' }, action })).body as { id: string }
    await post(`/v1/incidents/${planned.id}/confirm`).send({ count: 1 })
    const mark = await gateway.env.db
      .selectFrom('certificate_reissues')
      .select('replace_by')
      .where('serial', '=', serial)
      .executeTakeFirst()
    expect(mark?.replace_by.toISOString()).toBe(action.replaceBy)
  })

  it.each([
    { name: 'without criteria', body: { criteria: {}, action: revoke }, status: 400 },
    { name: 'that nothing matches', body: { criteria: { issuer: 'nobody' }, action: revoke }, status: 422 },
    {
      name: 'to be over in the past',
      body: { criteria: { q: 'example' }, action: { type: 'reissue', replaceBy: inDays(-1) } },
      status: 422,
    },
  ])('$name is refused', async ({ body, status }) => {
    expect((await plan(body)).status).toBe(status)
  })
})

describe('a certificate whose time is over', () => {
  it('is shown as expired, and is not revoked any more', async () => {
    const { serial } = await enter({ commonName: 'old.example.ac.jp', notAfter: inDays(1) })
    await expireCertificates(gateway.env.db, new Date(inDays(0.9)))
    expect((await look(serial)).status).toBe('valid')
    await expireCertificates(gateway.env.db, new Date(inDays(1.1)))
    expect((await look(serial)).status).toBe('expired')
  })
})

describe('the issuing CAs', () => {
  interface Issuer {
    name: string
    valid: number
    firstEndsAt: string
    lastEndsAt: string
    chain: { subject: string; notAfter: string }[]
  }
  const issuers = async () => ((await get('/v1/issuers')).body as { issuers: Issuer[] }).issuers
  const named = async (name: string) => (await issuers()).find((each) => each.name.includes(name))

  it('are listed with how many of their certificates are valid, and when the first and the last end', async () => {
    const [first, last] = ['2031-01-01T00:00:00.000Z', '2031-06-01T00:00:00.000Z']
    const issuer = 'Counted CA'
    await enter({ commonName: 'first.counted.example.ac.jp', issuer, notAfter: first })
    await enter({ commonName: 'last.counted.example.ac.jp', issuer, notAfter: last })
    const { serial } = await enter({ commonName: 'over.counted.example.ac.jp', issuer })
    await gateway.env.db
      .updateTable('certificates')
      .set({ status: 'revoked' })
      .where('serial', '=', serial)
      .execute()
    expect(await named(issuer)).toMatchObject({ valid: 2, firstEndsAt: first, lastEndsAt: last, chain: [] })
  })

  it('are shown with their own certificates, as the newest certificate brought them', async () => {
    const issuer = 'Crossed CA'
    const [old, cross] = await Promise.all(
      ['2029-03-31T00:00:00Z', '2032-03-31T00:00:00Z'].map((notAfter) =>
        make({ commonName: issuer, issuer: 'Root', notAfter }),
      ),
    )
    for (const [chain, days] of [
      [old, -50],
      [cross, -10],
    ] as const) {
      const { serial } = await enter({
        commonName: `d${-days}.crossed.example.ac.jp`,
        issuer,
        notBefore: inDays(days),
      })
      await gateway.env.db
        .updateTable('certificates')
        .set({ chain_pem: chain!.pem })
        .where('serial', '=', serial)
        .execute()
    }
    await enter({ commonName: 'bare.crossed.example.ac.jp', issuer, notBefore: inDays(-1) })
    const found = await named(issuer)
    expect(found?.valid).toBe(3)
    expect(found?.chain).toMatchObject([{ notAfter: '2032-03-31T00:00:00.000Z' }])
  })

  it('are told to nobody without the scope', async () => {
    const other = await gateway.token(['applications:read'])
    const answer = await gateway.http.get('/v1/issuers').set('authorization', `Bearer ${other}`)
    expect(answer.status).toBe(403)
  })
})

describe('a plan for certificates by their serials', () => {
  const action = { type: 'reissue', replaceBy: inDays(7) }

  it('is about these and no others, and about none of another organisation or that ended', async () => {
    const [one, two, over] = await Promise.all(
      ['one', 'two', 'over'].map((name) => enter({ commonName: `${name}.ticked.example.ac.jp` })),
    )
    await gateway.env.db
      .updateTable('certificates')
      .set({ status: 'expired' })
      .where('serial', '=', over!.serial)
      .execute()
    await enter({ commonName: 'not.ticked.example.ac.jp' })
    const criteria = { serials: [two!.serial, one!.serial, over!.serial, '9999999'] }
    const { status, body } = await post('/v1/incidents').send({ criteria, action })
    expect(status).toBe(201)
    const { certificates, criteria: kept } = body as { certificates: { serial: string }[]; criteria: unknown }
    const serials = certificates.map(({ serial }) => serial)
    expect([serials.toSorted(), kept]).toEqual([[one!.serial, two!.serial].toSorted(), criteria])
  })

  it.each([
    { name: 'no serial', serials: [], status: 400 },
    { name: 'a serial twice', serials: ['1', '1'], status: 400 },
    { name: 'a serial in hexadecimal', serials: ['0xff'], status: 400 },
    { name: '1001 serials', serials: Array.from({ length: 1001 }, (_, index) => String(index)), status: 400 },
    { name: 'unknown serials', serials: ['123456789'], status: 422 },
  ])('is refused with $name', async ({ serials, status }) => {
    expect((await post('/v1/incidents').send({ criteria: { serials }, action })).status).toBe(status)
  })
})
