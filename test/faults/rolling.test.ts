/** A rolling restart under load: one process after the other is stopped as systemd stops it, and no request is lost. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../support/system.js'
import { Client } from './support/client.js'
import { Plant } from './support/plant.js'
import { makeBody } from './support/portal.js'

const APIS = 2
/** Nothing is given up that could still be answered. */
const PATIENCE_MS = 120_000
let plant: Plant

beforeAll(async () => {
  plant = await Plant.start({ apis: APIS, workers: 2, knobs: { latencyMs: 0 }, drainSeconds: 1 })
}, 600_000)
afterAll(() => plant.close())

/** Sends each request once; goes to the other process only where no connection could be made. */
async function sendOnce(client: Client, name: string): Promise<{ id: string }[]> {
  const { body } = await makeBody([name])
  for (let tries = 0; tries < 2000; tries++) {
    try {
      client.useOrigins(plant.apiOrigins())
      const init = { method: 'POST', body, headers: { connection: 'close' } }
      const { response, text } = await client.call('/v1/applications', init)
      if (response.status !== 201) throw new Error(`answered ${response.status}: ${text}`)
      return (JSON.parse(text) as { applications: { id: string }[] }).applications
    } catch (error) {
      if (!isRefused(error)) throw error
      await pause(50)
    }
  }
  throw new Error('no process took a connection')
}

const isRefused = (error: unknown): boolean =>
  ((error as Error).cause as { code?: string } | undefined)?.code === 'ECONNREFUSED'

it('loses no request, and every process ends with 0', { timeout: 900_000 }, async () => {
  const client = new Client(plant, APIS, PATIENCE_MS)
  let isOver = false
  const accepted: { id: string }[] = []
  const load = [0, 1, 2, 3].map(async (who) => {
    for (let round = 0; !isOver; round++) {
      accepted.push(...(await sendOnce(client, `roll${who}-${round}.example.ac.jp`)))
      await pause(200)
    }
  })
  const codes = await restartAll().finally(() => (isOver = true))
  await Promise.all(load)
  expect(codes).toEqual([0, 0, 0, 0])
  expect(accepted.length).toBeGreaterThan(0)
  const stateOf = async (id: string): Promise<string> =>
    (JSON.parse((await client.callSurely(`/v1/applications/${id}`)).text) as { state: string }).state
  for (const { id } of accepted)
    await until(
      () => stateOf(id),
      (state) => state === 'issued',
      300,
    )
  await client.close()
})

/** @returns the exit codes */
async function restartAll(): Promise<(number | null | undefined)[]> {
  const codes: (number | null | undefined)[] = []
  for (const name of ['api-0', 'worker-0', 'api-1', 'worker-1']) {
    codes.push(await plant.part(name).stop())
    await plant.part(name).up()
  }
  return codes
}
