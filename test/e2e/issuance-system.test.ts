/** What every adapter of the issuance system has to do, shown against the simulator: by itself, and by an operator's hands. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apply, type Application, csrFor, look } from '../support/applications.js'
import { Hands, openBrowser } from '../support/hands.js'
import {
  makeDirectory,
  removeDirectory,
  runClient,
  startIn,
  type TestSystem,
  until,
} from '../support/system.js'

const directory = makeDirectory()
const byHandDirectory = makeDirectory()
let automatic: TestSystem
let byHand: TestSystem
let hands: Hands

const handoffConfiguration = () => ({
  organisations: [
    {
      ...{ id: 'example', organizationName: 'Example University', domains: ['example.ac.jp'] },
      ...{ locality: 'Chiyoda-ku', stateOrProvince: 'Tokyo', issuanceSystem: 'hands' },
    },
  ],
  issuanceSystems: [
    {
      ...{ id: 'hands', adapter: 'handoff', settleSeconds: 0, resubmitAfterProof: true },
      chainFiles: [join(directory, 'simulator/chain-ecc.pem')],
    },
  ],
  batching: { maxAgeSeconds: 0 },
})

beforeAll(async () => {
  automatic = await startIn(directory)
  const config = join(byHandDirectory, 'config.yaml')
  writeFileSync(config, JSON.stringify(handoffConfiguration()))
  byHand = await startIn(join(byHandDirectory, 'data'), { UPKI_CONFIG: config })
  hands = new Hands(byHand, openBrowser(directory))
  await automatic.turnKnobs({ latencyMs: 0 })
})
afterEach(async () => {
  hands.errorMode = '0'
  await automatic.turnKnobs({ loseAnswers: 0, cutBefore: 0, lostAnswerStatus: 0 })
})
afterAll(async () => {
  await byHand.stop()
  await automatic.stop()
  removeDirectory(directory)
  removeDirectory(byHandDirectory)
})

const registered = async (commonName: string) => {
  const answer = await automatic.simulator('/simulator/applications')
  const { applications } = (await answer.json()) as { applications: { commonName: string }[] }
  return applications.filter((application) => application.commonName === commonName).length
}

interface Adapter {
  name: string
  system: () => TestSystem
  /** Does what a person has to do. */
  act: () => Promise<void>
}

const adapters: Adapter[] = [
  { name: 'screens', system: () => automatic, act: () => Promise.resolve() },
  {
    name: 'handoff',
    system: () => byHand,
    act: async () => {
      await hands.carry()
      await hands.bringReport()
    },
  },
]

const hasEnded = ({ state }: Application) => ['issued', 'failed'].includes(state)

const endOf = (adapter: Adapter, id: string): Promise<Application> =>
  until(
    async () => {
      await adapter.act()
      return look(adapter.system(), id)
    },
    hasEnded,
    110,
  )

/** Somebody else at the same service applies for the name: the gateway's history does not have it. */
async function applyElsewhere(commonName: string): Promise<void> {
  const csr = (await csrFor(commonName)).replace(/-----[^-]+-----|\s/g, '')
  const dn = `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`
  const person = ['国立 太郎', '', 'taro@example.ac.jp']
  const row = [dn, '11', '', '', '', '', csr, ...person, commonName, 'nginx 1.26', '']
  const page = await openBrowser(directory).upload({ screen: 'SP1001', applyType: '1', file: [row] })
  if (!page.html.includes('完了')) throw new Error(page.html)
}

describe.each(adapters)('the adapter $name', (adapter) => {
  const nameOf = (host: string) => `${host}-${adapter.name}.example.ac.jp`
  const applyFor = async (host: string) =>
    (await apply(adapter.system(), { csr: await csrFor(nameOf(host)) }))[0]!

  it('brings an application to its certificate', async () => {
    const { id } = await applyFor('plain')
    expect(await endOf(adapter, id)).toMatchObject({ state: 'issued', failure: null })
    expect(await registered(nameOf('plain'))).toBe(1)
  })

  it('fails the row that the service refuses, in its words, and issues the rest', async () => {
    await applyElsewhere(nameOf('known'))
    const rows = await Promise.all(
      ['first', 'known', 'last'].map(async (host) => ({ csr: await csrFor(nameOf(host)) })),
    )
    const applications = await apply(adapter.system(), ...rows)
    // A report that comes before the file is sealed would make a renewal of the row.
    await until(
      () => look(adapter.system(), applications[1]!.id),
      ({ state }) => state !== 'queued',
    )
    const ends = []
    for (const { id } of applications) ends.push(await endOf(adapter, id))
    expect(ends.map(({ state }) => state)).toEqual(['issued', 'failed', 'issued'])
    expect(ends[1]!.failure).toMatchObject({
      upstreamCode: '212',
      message: { ja: expect.stringContaining('すでに存在しています') },
    })
  })

  it.each([
    { name: 'cut', knobs: { loseAnswers: 1 } },
    { name: '504', knobs: { loseAnswers: 1, lostAnswerStatus: 504 } },
  ])('finds in the report what was taken though the answer was lost ($name)', async ({ name, knobs }) => {
    await automatic.turnKnobs(knobs)
    const { id } = await applyFor(`lost${name}`)
    expect((await endOf(adapter, id)).state).toBe('issued')
    expect(await registered(nameOf(`lost${name}`))).toBe(1)
  })

  it('sends again what the report proves was never taken', async () => {
    await automatic.turnKnobs({ cutBefore: 1 })
    const { id } = await applyFor('cut')
    await until(
      async () => {
        await adapter.act()
        return (await (await automatic.simulator('/simulator/applications')).json()) as {
          uploads: { cutBefore: number }
        }
      },
      ({ uploads }) => uploads.cutBefore > 0,
    )
    await automatic.turnKnobs({ cutBefore: 0 })
    expect((await endOf(adapter, id)).state).toBe('issued')
    expect(await registered(nameOf('cut'))).toBe(1)
  })
})

describe('an operator who lets the screen register the faultless rows', () => {
  it('gets the faulty row failed and the rest issued without a second upload', async () => {
    hands.errorMode = '1'
    await applyElsewhere('known-mode.example.ac.jp')
    const rows = await Promise.all(
      ['known-mode', 'rest-mode'].map(async (host) => ({ csr: await csrFor(`${host}.example.ac.jp`) })),
    )
    const [known, rest] = await apply(byHand, ...rows)
    await until(
      () => look(byHand, known!.id),
      ({ state }) => state !== 'queued',
    )
    expect((await endOf(adapters[1]!, rest!.id)).state).toBe('issued')
    expect((await look(byHand, known!.id)).state).toBe('failed')
    expect(await registered('rest-mode.example.ac.jp')).toBe(1)
  })
})

describe('an operator who works with the client', () => {
  const client = (...args: string[]) =>
    runClient([
      'batches',
      ...args,
      ...['--server', byHand.url, '--ca-file', join(byHand.directory, 'ca.pem'), '--json'],
      ...['--token-file', join(byHand.directory, 'operator.token')],
    ])
  async function done<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await client(...args)
    if (code !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as T
  }
  const waiting = async () => (await done<{ batches: { id: string }[] }>('list')).batches
  const files = join(byHandDirectory, 'files')

  it('takes a file once, tells the answer, and gives the report', async () => {
    mkdirSync(files)
    const [application] = await apply(byHand, { csr: await csrFor('by-client.example.ac.jp') })
    const [batch] = await until(waiting, (found) => found.length > 0)
    const { file } = await done<{ file: string }>('take', batch!.id, '--out', files)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await client('take', batch!.id, '--out', files)).toMatchObject({ code: 1 })
    const browser = openBrowser(directory)
    const place = { screen: 'SP1001', applyType: '1', errorFlg: '0' }
    const answer = await browser.upload({ ...place, file: readFileSync(file), fileName: basename(file) })
    writeFileSync(join(files, 'answer.html'), answer.octets)
    await done('tell', batch!.id, '--page', join(files, 'answer.html'))
    await until(
      async () => {
        await browser.openMenu()
        const report = await browser.get('/upki-odcert/lra/syomeiDL_S_Srv.do')
        writeFileSync(join(files, 'serverAll.tsv'), report.octets)
        await done('report', join(files, 'serverAll.tsv'))
        return look(byHand, application!.id)
      },
      ({ state }) => state === 'issued',
      110,
    )
    expect(await registered('by-client.example.ac.jp')).toBe(1)
  })

  it.each([
    { name: 'no token', args: ['list', '--token-file', '/none'], code: 2, says: 'cannot be read' },
    { name: 'a report of unknown kind', args: ['report', 'all.tsv', '--no-proof'], code: 2, says: '--name' },
    {
      name: 'page and word',
      args: ['tell', 'x', '--page', 'a', '--outcome', 'unknown'],
      code: 2,
      says: 'either',
    },
    { name: 'no folder', args: ['take', 'x', '--out', '/none'], code: 2, says: 'was not taken' },
    { name: 'an id that is none', args: ['take', 'x'], code: 1, says: 'refused (4' },
    { name: 'plain http', args: ['list', '--server', 'http://127.0.0.1:1'], code: 2, says: 'https://' },
    {
      name: 'no gateway',
      args: ['list', '--server', 'https://127.0.0.1:1'],
      code: 1,
      says: 'No usable answer',
    },
  ])('is told what is wrong: $name', async ({ args, code, says }) => {
    // The last of an option given twice counts.
    const [command = '', ...more] = args
    const own = ['--server', byHand.url, '--ca-file', join(byHand.directory, 'ca.pem')]
    const token = ['--token-file', join(byHand.directory, 'operator.token'), '--lang', 'en']
    const outcome = await runClient(['batches', command, ...own, ...token, ...more])
    expect(outcome.code, outcome.stderr).toBe(code)
    expect(outcome.stderr).toContain(says)
  })
})
