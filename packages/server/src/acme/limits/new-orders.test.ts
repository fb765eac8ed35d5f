/** Limits of new orders, counted in the store. On Redis: test/services/acme-processes.test.ts, by the same tests. */
import { afterAll, beforeAll, describe } from 'vitest'
import { startTestGateway, type TestGateway } from '../../testing/gateway.js'
import { orderLimits, testOrderLimits } from '../../testing/order-limits.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({
    change: (config) => ({
      ...config,
      acme: { ...config.acme, rateLimits: { ...config.acme.rateLimits, ...orderLimits } },
    }),
  })
})
afterAll(() => gateway.close())

describe('new orders counted in the store', () => {
  testOrderLimits({ gateways: () => [gateway], prefix: 'counted' })
})
