/**
 * Promises 1 to 4 while everything fails: programs die by kill -9, networks are cut, stalled and lose answers, clocks
 * jump, the queue forgets, and the issuance system loses every third answer. Whatever a client was told that it has is
 * registered with the issuance system exactly once, and comes back as a certificate.
 *
 * UPKI_FAULTS_SEED sets which faults are brought, UPKI_FAULTS how many, and UPKI_FAULTS_SECONDS for how long at most:
 * a slow machine tries fewer. The long run is UPKI_FAULTS=200 UPKI_FAULTS_SECONDS=3600.
 */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/system.js'
import { AcmeLoad, contact } from './support/acme.js'
import { Chaos } from './support/chaos.js'
import { Client } from './support/client.js'
import { Plant } from './support/plant.js'
import { type Accepted, person, runPortal } from './support/portal.js'
import { Random } from './support/random.js'
import { type Registered, watchForSentTwice } from './support/sent-twice.js'
import { numberSetting } from '../support/number-setting.js'

const FAULTS = numberSetting('UPKI_FAULTS', 30)
const SECONDS = numberSetting('UPKI_FAULTS_SECONDS', 75)
const SEED = numberSetting('UPKI_FAULTS_SEED', Date.now() % 1_000_000)
const program = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url))
const APIS = 2
const WORKERS = 4
/** For the last restarts, and for what is left when all is whole again: six programs share two cores. */
const LIMIT_MS = (SECONDS + 900) * 1000

let plant: Plant
let client: Client

beforeAll(async () => {
  plant = await Plant.start({
    apis: APIS,
    workers: WORKERS,
    knobs: { latencyMs: 300, uploadDelayMs: 100, loseAnswers: 3 },
    hasClocks: true,
  })
  client = new Client(plant, APIS)
}, 600_000)
afterAll(async () => {
  await client.close()
  await plant.close()
})

async function registered(): Promise<Registered['applications']> {
  return ((await plant.askSimulator('/simulator/applications')) as Registered).applications
}

interface Application {
  state: string
  certificateSerial: string | null
  failure: unknown
}

const look = async (id: string): Promise<Application> =>
  JSON.parse((await client.callSurely(`/v1/applications/${id}`)).text) as Application

const hasEnded = ({ state }: Application): boolean => ['issued', 'failed', 'rejected'].includes(state)

/** Ends when the work does, or at once with the name of what was sent twice. */
async function unlessSentTwice<T>(work: (isBroken: () => boolean) => Promise<T>): Promise<T> {
  let [isDone, isBroken] = [false, false]
  const watch = watchForSentTwice(plant, client, () => isDone).catch((error: unknown) => {
    isBroken = true
    throw error
  })
  const working = work(() => isBroken).finally(() => (isDone = true))
  const [result] = await Promise.all([working, watch])
  return result
}

describe(`up to ${FAULTS} faults of seed ${SEED} under load`, () => {
  const portal: Accepted[] = []
  const acme = [] as { load: AcmeLoad; orders: Awaited<ReturnType<AcmeLoad['run']>> }[]

  it('leave every client with an answer in the end', { timeout: LIMIT_MS }, async () => {
    const chaos = new Chaos(plant, new Random(SEED))
    let isOver = false
    const portals = [0, 1, 2].map((index) => runPortal(client, `portal${index}`, () => isOver))
    const orders = [0, 1].map(async (index) => {
      const load = new AcmeLoad(client, plant.directory)
      return { load, orders: await load.run(`acme${index}`, () => isOver) }
    })
    await unlessSentTwice((isBroken) => chaos.bring(FAULTS, SECONDS, isBroken)).finally(() => (isOver = true))
    portal.push(...(await Promise.all(portals)).flat())
    acme.push(...(await Promise.all(orders)))
    const ordered = acme.flatMap(({ orders: all }) => all).length
    console.log(
      `Seed ${SEED}, ${chaos.history.length} faults: ${chaos.history.join('; ')}\n${portal.length} applications, ${ordered} orders`,
    )
    expect(portal.length).toBeGreaterThan(0)
    expect(ordered).toBeGreaterThan(0)
  })

  it('leave every accepted application issued', { timeout: LIMIT_MS }, async () => {
    await unlessSentTwice(async (isBroken) => {
      for (const { id, name } of portal) {
        const last = await until(
          () => look(id),
          (application) => hasEnded(application) || isBroken(),
          300,
        )
        if (isBroken()) return
        expect(last, name).toMatchObject({ state: 'issued', failure: null })
        expect(last.certificateSerial, name).toMatch(/^\d+$/)
      }
    })
  })

  it('leave every finalized order with a certificate for its name', { timeout: LIMIT_MS }, async () => {
    for (const { load, orders } of acme)
      for (const order of orders) {
        const chain = await until(
          () => load.certificateOf(order),
          (pem) => pem !== undefined,
          300,
        )
        expect(new X509Certificate(chain!).checkHost(order.name)).toBe(order.name)
      }
  })

  it('leave nothing missing at the issuance system, and nothing there twice', async () => {
    const expected = [...portal, ...acme.flatMap(({ orders }) => orders)].map(({ csrSha256 }) => csrSha256)
    const found = (await registered()).map(({ csrSha256 }) => csrSha256)
    expect(found.toSorted()).toEqual(expected.toSorted())
  })

  it('leave the chain of the audit log whole', async () => {
    const { text } = await client.callSurely('/v1/audit/verification?last=100000')
    const { head, ...result } = JSON.parse(text) as { head: { position: string; hash: string } }
    expect(result).toMatchObject({ intact: true, unsealed: 0 })
    const words = ['verify-audit', `${head.position}:${head.hash}`]
    const env = { ...process.env, ...plant.environmentOf('api-0') }
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], { env })
    expect(stdout).toContain(`head ${head.position}:${head.hash}`)
    expect(stdout).toContain('The audit log is whole')
  })

  it('end no program that was not killed', () => {
    const ended = [...plant.parts.values()].filter(({ endedByItself }) => endedByItself > 0)
    expect(ended.map(({ name }) => name)).toEqual([])
  })

  it('bring no secret and nothing of a person into the logs', () => {
    const logs = readdirSync(plant.logs).map((name) => readFileSync(join(plant.logs, name), 'utf8'))
    const read = (name: string) => readFileSync(join(plant.directory, name), 'utf8').trim()
    const { kid, hmacKey } = JSON.parse(read('eab.json')) as { kid: string; hmacKey: string }
    expect(logs.join('').length).toBeGreaterThan(1000)
    expect(kid).not.toBe('')
    const hidden = [...Object.values(person), contact.replace('mailto:', ''), hmacKey]
    for (const secret of [...hidden, read('operator.token'), read('secret.key')])
      expect(logs.filter((log) => log.includes(secret))).toEqual([])
  })
})
