/**
 * The database fails over while applications come in and files go out: the primary is killed, its synchronous standby
 * promoted. Source: docs/operations.md, "Failover".
 */
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/system.js'
import { Client } from './support/client.js'
import { Plant } from './support/plant.js'
import { type Accepted, applyOnce } from './support/portal.js'
import type { Registered } from './support/sent-twice.js'

let plant: Plant
let client: Client

beforeAll(async () => {
  const knobs = { latencyMs: 0, uploadDelayMs: 200 }
  plant = await Plant.start({ apis: 1, workers: 2, knobs, logLevel: 'info', hasStandby: true })
  client = new Client(plant, 1)
}, 600_000)
afterAll(async () => {
  await client.close()
  await plant.close()
})

/** Ends the primary without warning, and makes its standby the next. */
async function failOver(): Promise<void> {
  await plant.part('postgres').kill()
  const standby = new pg.Client(plant.databaseUrl('postgres', 'standby'))
  await standby.connect()
  const { rows } = await standby.query('select pg_promote() as promoted')
  expect(rows).toEqual([{ promoted: true }])
  await standby.end()
}

async function stateOf(id: string): Promise<string> {
  const { response, text } = await client.callSurely(`/v1/applications/${id}`)
  return response.status === 404 ? 'lost' : (JSON.parse(text) as { state: string }).state
}

const accepted: Accepted[] = []
const hasAccepted = (count: number) =>
  until(
    () => Promise.resolve(accepted.length),
    (length) => length >= count,
    120,
  )

async function applyUntil(prefix: string, isOver: () => boolean): Promise<void> {
  for (let round = 0; !isOver(); round++) {
    accepted.push(...(await applyOnce(client, `${prefix}-${round}`, 1 + (round % 3))))
    await pause(50)
  }
}

describe('a database that fails over to its synchronous standby', { timeout: 600_000 }, () => {
  it('goes on taking applications, of everybody who asks again', async () => {
    let isOver = false
    const portals = [0, 1, 2].map((portal) => applyUntil(`fail${portal}`, () => isOver))
    try {
      await hasAccepted(20)
      await failOver()
      await hasAccepted(accepted.length + 20)
    } finally {
      isOver = true
    }
    await Promise.all(portals)
  })

  it('has lost none that was accepted: all are issued', async () => {
    for (const { id, name } of accepted) {
      const last = await until(
        () => stateOf(id),
        (state) => ['issued', 'failed', 'lost'].includes(state),
        300,
      )
      expect(last, name).toBe('issued')
    }
  })

  it('has sent none twice', async () => {
    const { applications } = (await plant.askSimulator('/simulator/applications')) as Registered
    const found = applications.map(({ csrSha256 }) => csrSha256)
    expect(found.toSorted()).toEqual(accepted.map(({ csrSha256 }) => csrSha256).toSorted())
  })

  it('has the audit log whole', async () => {
    const { text } = await client.callSurely('/v1/audit/verification?last=100000')
    expect(JSON.parse(text)).toMatchObject({ intact: true, unsealed: 0 })
  })

  it('has ended no process of the gateway', () => {
    const ended = [...plant.parts.values()].filter(({ endedByItself }) => endedByItself > 0)
    expect(ended.map(({ name }) => name)).toEqual([])
  })
})
