/** What every adapter of the issuance system has to do, shown against the simulator: by itself, and by an operator's hands. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apply, type Application, csrFor, look } from '../support/applications.js'
import { Hands, openBrowser } from '../support/hands.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem, until } from '../support/system.js'

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
  await turn({ latencyMs: 0 })
})
afterEach(async () => {
  hands.errorMode = '0'
  await turn({ loseAnswers: 0, cutBefore: 0, lostAnswerStatus: 0 })
})
afterAll(async () => {
  await byHand.stop()
  await automatic.stop()
  removeDirectory(directory)
  removeDirectory(byHandDirectory)
})

const turn = (knobs: Record<string, unknown>) =>
  automatic.simulator('/simulator/knobs', { method: 'POST', body: JSON.stringify(knobs) })

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
    await turn(knobs)
    const { id } = await applyFor(`lost${name}`)
    expect((await endOf(adapter, id)).state).toBe('issued')
    expect(await registered(nameOf(`lost${name}`))).toBe(1)
  })

  it('sends again what the report proves was never taken', async () => {
    await turn({ cutBefore: 1 })
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
    await turn({ cutBefore: 0 })
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
