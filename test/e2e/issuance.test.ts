/** The whole way through the real programs, without a client: REST, queue, upload, report. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply, csrFor, end, look } from '../support/applications.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem, until } from '../support/system.js'

let system: TestSystem
const directory = makeDirectory()

beforeAll(async () => {
  system = await startIn(directory)
  await system.turnKnobs({ latencyMs: 0 })
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

const configuration = {
  organisations: [
    {
      id: 'example',
      organizationName: 'Example University',
      locality: 'Chiyoda-ku',
      stateOrProvince: 'Tokyo',
      domains: ['example.ac.jp'],
      issuanceSystem: 'shared',
    },
  ],
  issuanceSystems: [
    {
      id: 'shared',
      adapter: 'screens',
      credentialsFile: join(directory, 'simulator.json'),
      chainFiles: [join(directory, 'simulator/chain-ecc.pem')],
      reportIntervalSeconds: 0.2,
    },
  ],
  batching: { maxAgeSeconds: 0 },
}

/** Another gateway at the same issuance system: its certificates are not in our history. */
async function issueElsewhere(commonName: string): Promise<void> {
  const elsewhere = makeDirectory()
  const config = join(elsewhere, 'config.yaml')
  writeFileSync(config, JSON.stringify(configuration))
  const other = await startIn(join(elsewhere, 'data'), { UPKI_CONFIG: config })
  try {
    const [application] = await apply(other, { csr: await csrFor(commonName) })
    await end(other, application!.id)
  } finally {
    await other.stop()
    removeDirectory(elsewhere)
  }
}

/** Figures of the gateway by series, such as `upki_uploads_total{issuance_system="simulator",outcome="taken"}`. */
async function readMetrics(): Promise<Map<string, number>> {
  const text = await (await system.call('/metrics')).text()
  const lines = text.split('\n').filter((line) => line.startsWith('upki_'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))] as const),
  )
}

const uploads = (outcome: string): string =>
  `upki_uploads_total{issuance_system="simulator",outcome="${outcome}"}`

const rowsRefused = 'upki_rows_refused_total{issuance_system="simulator"}'

let pairs = 0
let attempts = 0

describe('an application', () => {
  it.each([
    { key: 'rsa2048', profile: '3' },
    { key: 'p384', profile: '11' },
  ] as const)('with a $key key becomes a certificate with its chain', async ({ key }) => {
    const [application] = await apply(system, {
      csr: await csrFor(`${key}.example.ac.jp`, key),
      dnsNames: [`${key}.example.ac.jp`, `alt-${key}.example.ac.jp`],
    })
    const { state, certificateSerial } = await end(system, application!.id)
    expect(state).toBe('issued')
    const pem = await (
      await system.call(`/v1/certificates/${certificateSerial}`, {
        headers: { accept: 'application/pem-certificate-chain' },
      })
    ).text()
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    const json = (await (await system.call(`/v1/certificates/${certificateSerial}`)).json()) as {
      names: string[]
    }
    expect(json.names.sort()).toEqual([`alt-${key}.example.ac.jp`, `${key}.example.ac.jp`])
  })

  it('for a known CN becomes a renewal of the newest certificate', async () => {
    const [first] = await apply(system, { csr: await csrFor('again.example.ac.jp') })
    const issued = await end(system, first!.id)
    const [second] = await apply(system, { csr: await csrFor('again.example.ac.jp') })
    expect(second).toMatchObject({ kind: 'server-renew', fields: { serial: issued.certificateSerial } })
    expect((await end(system, second!.id)).state).toBe('issued')
  })

  it('decides issue or renewal again when two for one CN wait together', async () => {
    // A second attempt needs a name without a certificate.
    const name = `pair${(pairs += 1)}.example.ac.jp`
    const both = await apply(system, { csr: await csrFor(name) }).then(async ([first]) => [
      first!,
      (await apply(system, { csr: await csrFor(name) }))[0]!,
    ])
    const [first, second] = await Promise.all(both.map(({ id }) => end(system, id)))
    expect([first!.kind, second!.kind]).toEqual(['server-issue', 'server-renew'])
    // The renewal may be there before anybody has looked at the first.
    expect(['issued', 'replaced']).toContain(first!.state)
    expect(second!.state).toBe('issued')
    expect(second!.fields.serial).toBe(first!.certificateSerial)
  })
})

describe('a revocation', () => {
  it('ends when the report shows the certificate as revoked', async () => {
    const [application] = await apply(system, { csr: await csrFor('revoke.example.ac.jp') })
    const { certificateSerial } = await end(system, application!.id)
    const subjectDn = 'CN=revoke.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
    const row = {
      kind: 'server-revoke',
      subjectDn,
      serial: certificateSerial!,
      revocationReason: '4',
      subscriberEmail: 'taro@example.ac.jp',
    }
    const answer = await system.call('/v1/applications', { method: 'POST', body: JSON.stringify([row]) })
    const { applications } = (await answer.json()) as { applications: { id: string }[] }
    await until(
      () => look(system, applications[0]!.id),
      ({ state }) => state === 'revoked',
    )
    const certificate = await (await system.call(`/v1/certificates/${certificateSerial}`)).json()
    expect(certificate).toMatchObject({ status: 'revoked' })
    expect(await look(system, application!.id)).toMatchObject({ state: 'revoked' })
  })
})

describe('a certificate for a person', () => {
  it('is issued when the report of persons shows it', async () => {
    const row = {
      ...{ kind: 'client-issue', subjectDn: 'CN=u0012345.1,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP' },
      ...{
        profileId: '13',
        downloadType: '1',
        subscriberName: '国立 太郎',
        subscriberEmail: 'taro@example.ac.jp',
      },
      ...{ userName: '試験 花子', p12FileName: 'cli-u0012345-1', userEmail: 'hanako@example.ac.jp' },
    }
    const answer = await system.call('/v1/applications', { method: 'POST', body: JSON.stringify([row]) })
    const { applications } = (await answer.json()) as { applications: { id: string }[] }
    expect((await end(system, applications[0]!.id)).state).toBe('issued')
  })
})

describe('an issuance system', () => {
  it('that refuses rows fails those with its words; the clean rest goes out again', async () => {
    const refused = async () => (await readMetrics()).get(rowsRefused) ?? 0
    const before = await refused()
    // A second attempt needs names without certificates.
    const attempt = (attempts += 1)
    const nameOf = (index: number) => `row${index}-${attempt}.example.ac.jp`
    await issueElsewhere(nameOf(2))
    const rows = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => ({ csr: await csrFor(nameOf(index)) })),
    )
    const applications = await apply(system, ...rows)
    const outcomes = await Promise.all(applications.map(({ id }) => end(system, id)))
    expect(outcomes.map(({ state }) => state)).toEqual(['issued', 'issued', 'failed', 'issued', 'issued'])
    expect(outcomes[2]!.failure).toMatchObject({
      upstreamCode: '212',
      message: { ja: expect.stringContaining('すでに存在しています') },
    })
    expect((await refused()) - before).toBe(1)
  })

  it('that is down is tried again', async () => {
    const tries = async () => (await readMetrics()).get(uploads('not-sent')) ?? 0
    const before = await tries()
    await system.turnKnobs({ maintenance: true })
    const [application] = await apply(system, { csr: await csrFor('down.example.ac.jp') })
    await until(tries, (count) => count > before)
    expect((await look(system, application!.id)).state).toBe('batched')
    await system.turnKnobs({ maintenance: false })
    expect((await end(system, application!.id)).state).toBe('issued')
  })

  it('that holds a name shows no certificate until it is released', async () => {
    const [application] = await apply(system, { csr: await csrFor('google.example.ac.jp') })
    await until(
      () => look(system, application!.id),
      ({ state }) => state === 'submitted',
    )
    await system.simulator('/simulator/release', { method: 'POST' })
    expect((await end(system, application!.id)).state).toBe('issued')
  })
})

describe('the metrics', () => {
  it('count an upload whose answer was lost, and what the report then shows as issued', async () => {
    const issued = 'upki_issue_seconds_count{kind="server-issue"}'
    const before = await readMetrics()
    await system.turnKnobs({ loseAnswers: 1 })
    const [application] = await apply(system, { csr: await csrFor('lost.example.ac.jp') })
    expect((await end(system, application!.id)).state).toBe('issued')
    await system.turnKnobs({ loseAnswers: 0 })
    const after = await readMetrics()
    const grown = (series: string) => (after.get(series) ?? 0) - (before.get(series) ?? 0)
    expect(grown(uploads('unknown'))).toBe(1)
    expect(grown(uploads('taken'))).toBe(0)
    expect(grown(issued)).toBe(1)
    expect(grown('upki_batch_rows_count{kind="server-issue"}')).toBe(1)
  })

  it('have counted the uploads of the tests before by how they ended, and rows that were refused', async () => {
    const metrics = await readMetrics()
    for (const outcome of ['taken', 'refused', 'not-sent'])
      expect(metrics.get(uploads(outcome)), outcome).toBeGreaterThan(0)
    expect(metrics.get(rowsRefused)).toBeGreaterThan(0)
    const read = metrics.get('upki_report_last_read_timestamp_seconds{issuance_system="simulator"}')
    expect(Math.abs(Date.now() / 1000 - read!)).toBeLessThan(600)
    expect(metrics.get('upki_reports_total{issuance_system="simulator",outcome="read"}')).toBeGreaterThan(0)
  })

  it('show what waits for a file by kind and priority', async () => {
    await system.turnKnobs({ maintenance: true })
    // The first file stands before the closed door; what comes after it waits for its place.
    const [first] = await apply(system, { csr: await csrFor('door.example.ac.jp') })
    await until(
      () => look(system, first!.id),
      ({ state }) => state === 'batched',
    )
    const [second] = await apply(system, { csr: await csrFor('door.example.ac.jp') })
    const metrics = await readMetrics()
    const waiting = [...metrics].filter(([series]) => /^upki_queue(_oldest_seconds)?\{/.test(series))
    const labels = '{kind="server-issue",priority="normal"}'
    expect(waiting).toEqual([
      [`upki_queue${labels}`, 1],
      [`upki_queue_oldest_seconds${labels}`, expect.any(Number)],
    ])
    expect([...metrics.keys()].filter((series) => series.startsWith('upki_queue_jobs{'))).toHaveLength(3)
    await system.turnKnobs({ maintenance: false })
    expect((await end(system, second!.id)).state).toBe('issued')
  })

  it('hold no name, no address and no organisation', async () => {
    const series = [...(await readMetrics()).keys()].join('\n')
    for (const word of ['example', '@', '国立', 'University']) expect(series).not.toContain(word)
    const labels = new Set([...series.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label))
    const queue = ['issuance_system', 'kind', 'outcome', 'priority', 'state', 'way']
    const known = [...queue, 'face', 'method', 'status', 'le']
    expect([...labels].filter((label) => !known.includes(label!))).toEqual([])
  })
})
