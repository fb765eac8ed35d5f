/** A name that leads to another machine: shown to nobody, and its client is told so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChallengeGateway, pointAt, orderByLego, startChallengeGateway } from './challenge-gateway.js'

let gateway: ChallengeGateway

beforeAll(async () => {
  gateway = await startChallengeGateway()
})
afterAll(() => gateway.stop())

describe('a name that is elsewhere', () => {
  // The gateway looks four times in about a minute before it gives up; certbot itself would after 90 seconds.
  it('gets nothing, and its client is told where the gateway looked', async () => {
    const name = 'elsewhere.example.ac.jp'
    await pointAt(gateway, name, '127.0.0.99')
    const byHttp = ['--http', '--http.port', `127.0.0.3:${gateway.httpPort}`]
    const { code, output } = await orderByLego(gateway, name, [...byHttp, 'run'])
    expect(code).not.toBe(0)
    expect(output).toContain('127.0.0.99')
  })
})
