/** Two runs of the client at the same moment, as real processes: one works, the other says so, and nothing is ordered twice. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  makeDirectory,
  type Outcome,
  removeDirectory,
  runClient,
  startIn,
  type TestSystem,
  until,
} from '../support/system.js'

const directory = makeDirectory()
let system: TestSystem

beforeAll(async () => {
  system = await startIn(directory)
  await letThrough()
})
afterAll(async () => {
  await system.stop()
  removeDirectory(directory)
})

/** Nothing is issued until it is let through, so a run that ordered is still there when another has ended. */
const holdBack = () => system.turnKnobs({ latencyMs: 3_600_000 })
const letThrough = () => system.turnKnobs({ latencyMs: 0 })

/** A client directory of its own, and what is run in it. */
class Host {
  readonly folder: string
  constructor(readonly name: string) {
    this.folder = join(directory, name)
  }

  run = (args: string[], signal?: AbortSignal): Promise<Outcome> =>
    runClient([...args, '--config-dir', this.folder, '--lang', 'en', '--json'], { signal })

  certonly = (signal?: AbortSignal) =>
    this.run(
      [
        ...['certonly', '-d', this.name, '--server', `${system.url}/acme/directory`],
        ...['--ca-file', join(directory, 'ca.pem'), '--eab-file', join(directory, 'eab.json')],
      ],
      signal,
    )

  renew = (signal?: AbortSignal) =>
    this.run(['renew', '--force-renewal', '--no-random-sleep-on-renew'], signal)

  /** Kinds of the applications that reached the issuance system, first one first. */
  async applied(): Promise<string[]> {
    const answer = await system.simulator('/simulator/applications')
    const { applications } = (await answer.json()) as { applications: { commonName: string; kind: string }[] }
    return applications.filter(({ commonName }) => commonName === this.name).map(({ kind }) => kind)
  }

  /** Key and certificate that servers are configured with fit, and nothing of a run is left. */
  expectWhole(version: number): void {
    const live = (file: string) => readFileSync(join(this.folder, 'live', this.name, file))
    const certificate = new X509Certificate(live('fullchain.pem'))
    expect(certificate.checkPrivateKey(createPrivateKey(live('privkey.pem')))).toBe(true)
    expect(readdirSync(join(this.folder, 'archive', this.name))).toHaveLength(4 * version)
    expect(readdirSync(join(this.folder, 'work', 'orders'))).toEqual([])
    const locks = join(this.folder, 'locks')
    expect(readdirSync(locks).flatMap((name) => readdirSync(join(locks, name)))).toEqual([])
  }
}

/** Two at the same moment: the one that is sent away, then, after the issuance system has been let go on, the other. */
async function race(start: () => Promise<Outcome>): Promise<{ refused: Outcome; other: Outcome }> {
  await holdBack()
  const both = [start(), start()] as const
  const first = await Promise.race(both.map(async (run, index) => ({ index, outcome: await run })))
  await letThrough()
  return { refused: first.outcome, other: await both[1 - first.index]! }
}

const killed = async (start: (signal: AbortSignal) => Promise<Outcome>, when: Promise<unknown>) => {
  const stop = new AbortController()
  const run = start(stop.signal)
  await when
  stop.abort()
  await run
}

const isRefused = { code: 1, stdout: expect.stringContaining('"outcome": "failed"') as string }

describe('two runs at the same moment', () => {
  const host = new Host('twice.example.ac.jp')

  it('of certonly for one name order once; one is told which process works on it', async () => {
    const { refused, other } = await race(() => host.certonly())
    expect(refused).toMatchObject(isRefused)
    expect(refused.stderr).toMatch(/Another upki-client \(process \d+\) is working on the same thing/)
    expect(other).toMatchObject({ code: 0 })
    expect(await host.applied()).toEqual(['server-issue'])
    host.expectWhole(1)
  })

  it('of renew order once; one is told which process works on it', async () => {
    const { refused, other } = await race(() => host.renew())
    expect(refused).toMatchObject(isRefused)
    expect(refused.stderr).toMatch(/Another upki-client \(process \d+\) is working on the same thing/)
    expect(other).toMatchObject({ code: 0 })
    expect(await host.applied()).toEqual(['server-issue', 'server-renew'])
    host.expectWhole(2)
  })
})

describe('a run after one that was killed', () => {
  const host = new Host('killed.example.ac.jp')

  it.each([
    { command: 'certonly', start: host.certonly, applied: ['server-issue'] },
    { command: 'renew', start: host.renew, applied: ['server-issue', 'server-renew'] },
  ])('of $command is kept by no lock, and goes on with its order and key', async ({ start, applied }) => {
    await holdBack()
    await killed(
      start,
      until(
        () => host.applied(),
        (kinds) => kinds.length === applied.length,
      ),
    )
    const key = readFileSync(join(host.folder, 'work', 'orders', host.name, 'privkey.pem'), 'utf8')
    await letThrough()
    expect(await start()).toMatchObject({ code: 0 })
    expect(await host.applied()).toEqual(applied)
    expect(readFileSync(join(host.folder, 'live', host.name, 'privkey.pem'), 'utf8')).toBe(key)
    host.expectWhole(applied.length)
  })
})
