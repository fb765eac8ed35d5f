/** What several processes that start at once on an empty database must do only once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './support/client.js'
import { Plant } from './support/plant.js'

const APIS = 3
let plant: Plant
let client: Client

beforeAll(async () => {
  plant = await Plant.start({ apis: APIS, workers: 1, knobs: {}, logLevel: 'info' })
  client = new Client(plant, APIS)
}, 600_000)
afterAll(async () => {
  await client.close()
  await plant.close()
})

describe('processes that start at once on an empty database', () => {
  it('make one schema, and all come up without a second try', () => {
    // A slow machine is no fault.
    const failures = [...plant.parts.values()].flatMap((part) => part.failures)
    expect(failures.filter((failure) => !failure.includes('was not ready after'))).toEqual([])
  })

  it('serve TLS of one authority, and take the token of the one first operator', async () => {
    for (let turn = 0; turn < APIS; turn++) {
      const { response, text } = await client.call('/v1/operators')
      expect(response.status).toBe(200)
      expect((JSON.parse(text) as { operators: unknown[] }).operators).toHaveLength(1)
    }
  })
})
