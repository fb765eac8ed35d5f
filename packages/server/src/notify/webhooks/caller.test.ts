import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.js'
import { CallError, makeWebhookCaller } from './caller.js'
import { pauseMs, retryMs } from './deliver.js'

let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver.close())

const terms = { giveUpHours: 72, disableAfterHours: 120 }

async function post(
  url: string,
  options: { allowedNetworks?: string[]; timeoutSeconds?: number; caFile?: string } = {},
): Promise<number | string> {
  const caller = makeWebhookCaller({
    ...{ allowedNetworks: ['127.0.0.0/8', '::1/128'], timeoutSeconds: 20, caFile: receiver.caFile },
    ...terms,
    ...options,
  })
  try {
    return await caller.post(url, '{}', {})
  } catch (error) {
    expect(error).toBeInstanceOf(CallError)
    return (error as CallError).message
  } finally {
    caller.close()
  }
}

const portOf = (url: string) => new URL(url).port

describe('a receiver', () => {
  it('is called where its network is allowed', async () => {
    expect(await post(receiver.url)).toBe(204)
  })

  it.each([
    { name: 'address', host: '127.0.0.1' },
    { name: 'name that leads to one', host: 'localhost' },
    { name: 'IPv6 address', host: '[::1]' },
    { name: 'IPv4 address in IPv6', host: '[::ffff:127.0.0.1]' },
    { name: 'address written as a number', host: '2130706433' },
  ])('is not called at an $name that is not public', async ({ host }) => {
    const before = receiver.received.length
    const url = `https://${host}:${portOf(receiver.url)}/hook`
    expect(await post(url, { allowedNetworks: [] })).toMatch(/not public/)
    expect(receiver.received).toHaveLength(before)
  })

  it('that redirects is not followed', async () => {
    receiver.answer = () => 307
    receiver.headers = { location: receiver.url }
    const before = receiver.received.length
    expect(await post(receiver.url)).toBe(307)
    expect(receiver.received).toHaveLength(before + 1)
    Object.assign(receiver, { answer: () => 204, headers: {} })
  })

  it('that does not answer is left', async () => {
    receiver.answer = () => 0
    expect(await post(receiver.url, { timeoutSeconds: 0.5 })).toBe('No answer within 0.5 s')
    receiver.answer = () => 204
  })

  it('whose certificate nobody vouches for is not told', async () => {
    const before = receiver.received.length
    expect(await post(receiver.url, { caFile: undefined })).toMatch(/SELF_SIGNED|UNABLE_TO/)
    expect(receiver.received).toHaveLength(before)
  })
})

describe('the pause after a failure', () => {
  it.each([
    { attempts: 1, seconds: 5 },
    { attempts: 2, seconds: 10 },
    { attempts: 12, seconds: 10_240 },
    { attempts: 13, seconds: 14_400 },
    { attempts: 10_000, seconds: 14_400 },
  ])('number $attempts of one event is about $seconds s', ({ attempts, seconds }) => {
    expect([retryMs(attempts, 0), retryMs(attempts, 0.5), retryMs(attempts, 1)]).toEqual([
      seconds * 750,
      seconds * 1000,
      seconds * 1250,
    ])
  })

  it.each([
    { failures: 4, seconds: 0 },
    { failures: 5, seconds: 5 },
    { failures: 6, seconds: 10 },
    { failures: 100, seconds: 900 },
  ])('number $failures in a row of one receiver is $seconds s for all', ({ failures, seconds }) => {
    expect(pauseMs(failures)).toBe(seconds * 1000)
  })
})
