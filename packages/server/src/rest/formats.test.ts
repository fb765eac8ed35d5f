import { makeCsr, sampleOf, writeAll } from '@upki-gateway/shared/testing'
import { unzipSync } from 'fflate'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../policy/scopes.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

let gateway: TestGateway
let token: string
let csr: string

beforeAll(async () => {
  gateway = await startTestGateway()
  token = await gateway.token(['applications:read', 'applications:write', 'applications:approve'])
  csr = await makeCsr({ subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=www.example.ac.jp' })
})
afterAll(() => gateway.close())

const post = (path: string, type: string, body: string | Buffer) =>
  gateway.http
    .post(path)
    .set({ authorization: `Bearer ${token}`, 'content-type': type })
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => done(null, Buffer.concat(chunks)))
    })
    .send(body)

const json = (response: { body: unknown }) =>
  JSON.parse((response.body as Buffer).toString()) as { [member: string]: unknown; detail?: string }
const revocation = '主体者DN,シリアル番号,失効理由\r\n"CN=a.example.ac.jp,O=Example University,C=JP",255,'

describe('POST /v1/validations', () => {
  it.each([
    [
      'application/json',
      JSON.stringify({
        kind: 'server-revoke',
        subjectDn: 'CN=a.example.ac.jp,O=Example University,C=JP',
        serial: '255',
        revocationReason: '2',
      }),
    ],
    ['text/csv', `${revocation}2\r\n`],
    [
      'text/tab-separated-values',
      `CN=a.example.ac.jp,O=Example University,C=JP\t\t\t255\t2${'\t'.repeat(8)}\r\n`,
    ],
    [
      'application/xml',
      '<applications><application kind="server-revoke"><subjectDn>CN=a.example.ac.jp,O=Example University,C=JP</subjectDn><serial>255</serial><revocationReason>2</revocationReason></application></applications>',
    ],
  ])('finds the same in %s', async (type, body) => {
    const response = await post('/v1/validations', type, body)
    expect(response.status).toBe(200)
    expect(json(response)).toMatchObject({
      kind: type.endsWith('json') || type.endsWith('xml') ? null : 'server-revoke',
      rows: 1,
      errors: 1,
      findings: [{ code: 'reasonUnknown', row: 1, column: 5, message: { ja: expect.any(String) as string } }],
    })
  })

  it('fills in what POST /v1/applications would, and stores nothing', async () => {
    const row = { csr, subscriberEmail: 'taro@example.ac.jp', software: 'nginx' }
    const answer = json(await post('/v1/validations', 'application/json', JSON.stringify([row])))
    expect(answer).toMatchObject({ rows: 1, errors: 0, findings: [], filledLeftOut: 0 })
    expect(answer.filled).toContainEqual({
      row: 1,
      field: 'fqdn',
      value: 'www.example.ac.jp',
      why: { ja: expect.any(String) as string, en: expect.any(String) as string },
    })
    const list = await gateway.http.get('/v1/applications').set('authorization', `Bearer ${token}`)
    expect(list.body).toEqual({ applications: [], next: null })
  })

  it.each([
    ['an unknown type', '/v1/validations', 'image/png', 415],
    ['an unknown kind', '/v1/validations?kind=server-stop', 'text/csv', 400],
  ])('refuses %s', async (_, path, type, status) => {
    const response = await post(path, type, 'x')
    expect([response.status, json(response).detail !== undefined]).toEqual([status, true])
  })

  it('tells where an input breaks off', async () => {
    const { findings, rows } = json(await post('/v1/validations', 'application/json', '[{"serial":"1"},{"se'))
    expect([rows, (findings as { row: number; code: string }[]).at(-1)]).toMatchObject([
      2,
      { row: 2, code: 'inputCutShort' },
    ])
  })
})

describe('POST /v1/conversions', () => {
  it('makes a file for upload', async () => {
    const response = await post(
      '/v1/conversions?to=upki-tsv',
      'text/csv; charset=utf-8',
      `${revocation}4\r\n`,
    )
    expect(response.headers).toMatchObject({
      'content-type': 'text/tab-separated-values; charset=Shift_JIS; header=absent',
      'content-disposition': 'attachment; filename="server-revoke-001.tsv"',
    })
    expect((response.body as Buffer).toString()).toBe(
      `CN=a.example.ac.jp,O=Example University,C=JP\t\t\t255\t4${'\t'.repeat(8)}\r\n`,
    )
  })

  it('packs several files, the same bytes each time', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      kind: 'server-revoke',
      subjectDn: 'CN=a',
      serial: String(index + 1),
      revocationReason: '4',
    }))
    const [one, two] = await Promise.all(
      [1, 2].map(() => post('/v1/conversions?to=upki-tsv', 'application/json', JSON.stringify(rows))),
    )
    expect(one!.headers['content-type']).toBe('application/zip')
    expect(one!.body).toEqual(two!.body)
    const files = unzipSync(new Uint8Array(one!.body as Buffer))
    expect(Object.keys(files)).toEqual(['server-revoke-001.tsv', 'server-revoke-002.tsv'])
  })

  it('refuses what the format cannot hold, with the row', async () => {
    const response = await post(
      '/v1/conversions?to=upki-tsv',
      'application/json',
      '[{"kind":"server-revoke","subjectDn":"CN=a"}]',
    )
    expect(response.status).toBe(422)
    expect(json(response).findings).toMatchObject([{ code: 'cannotWrite', row: 1 }])
  })

  it('refuses a wish that there is not', async () => {
    expect((await post('/v1/conversions?to=xlsx', 'application/json', '[]')).status).toBe(400)
  })
})

describe('the answer to a huge wrong request', () => {
  const wrong = Array.from({ length: 10_000 }, (_, index) => ({
    kind: 'server-revoke',
    serial: `${index + 1}`,
  }))

  it.each([
    ['application/json', () => JSON.stringify(wrong)],
    ['application/x-ndjson', () => wrong.map((row) => JSON.stringify(row)).join('\n')],
  ])('holds 10,000 findings and the number of the others, from %s', async (type, body) => {
    const response = await post('/v1/applications', type, body())
    expect(response.status).toBe(422)
    const { findings, findingsLeftOut, detail } = json(response)
    // Two of each: no DN and no reason.
    expect([(findings as unknown[]).length, findingsLeftOut]).toEqual([10_000, 10_000])
    expect(detail).toContain('10000 row(s)')
  })

  it('tells of one object with many unknown members by some of them', async () => {
    const members = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`m${index}`, '']))
    const { findings } = json(await post('/v1/applications', 'application/json', JSON.stringify(members)))
    expect((findings as { code: string }[]).length).toBe(50)
  })
})

describe('POST /v1/applications in other formats', () => {
  const kinds = ['client-issue', 'smime-issue', 'acme-create', 'server-revoke'] as const
  const serials = { csv: '101', xml: '102' }

  it.each(
    kinds.flatMap(
      (kind) =>
        [
          ['text/csv', 'csv', kind],
          ['application/xml', 'xml', kind],
        ] as const,
    ),
  )('takes %s (%s) of %s', async (type, format, kind) => {
    const sample = await sampleOf(kind)
    // Of one certificate there is one revocation.
    const fields = { ...sample.fields, ...(kind === 'server-revoke' && { serial: serials[format] }) }
    const response = await post('/v1/applications', type, writeAll(format, [{ ...sample, fields }]))
    expect(json(response)).toMatchObject({ applications: [{ kind }] })
    expect(response.status).toBe(201)
  })

  it('takes a UPKI TSV, when the kind is named', async () => {
    const body = writeAll('upki-tsv', [await sampleOf('acme-revoke')])
    const response = await post('/v1/applications?kind=acme-revoke', 'text/tab-separated-values', body)
    expect(json(response)).toMatchObject({ applications: [{ kind: 'acme-revoke' }] })
  })

  it('tells every row that cannot be read, and stores nothing', async () => {
    const response = await post(
      '/v1/applications',
      'text/csv',
      'kind,serial\nserver-stop,1\nserver-revoke,1,2\n',
    )
    expect(response.status).toBe(422)
    expect(json(response).findings).toMatchObject([
      { row: 1, code: 'inputUnknownKind' },
      { row: 2, code: 'columnCount' },
    ])
  })

  it('refuses the kind whose columns are not published', async () => {
    const body = writeAll('jsonl', [await sampleOf('subscriber-update')])
    const response = await post('/v1/applications', 'application/x-ndjson', body)
    expect(json(response).findings).toMatchObject([{ code: 'kindUnpublished' }])
  })
})

describe('a body that is read as it comes', () => {
  const paths = ['/v1/validations', '/v1/conversions?to=json', '/v1/applications', '/v1/reports?name=server']

  it.each(paths)('is not taken compressed, and says so: %s', async (path) => {
    const by = await gateway.token(scopes)
    const send = (encoding: string, body: Buffer) =>
      gateway.http
        .post(path)
        .set({ authorization: `Bearer ${by}`, 'content-type': 'text/csv', 'content-encoding': encoding })
        .send(body)
    const text = Buffer.from(`${revocation}5\r\n`)
    const packed = await send('gzip', gzipSync(text))
    expect([packed.status, packed.get('Accept-Encoding')]).toEqual([415, 'identity'])
    expect((packed.body as { detail: string }).detail).toBe('Send the body without Content-Encoding (gzip)')
    expect((await send('identity', text)).status).not.toBe(415)
  })
})
