/** What validation makes of a DNS that goes astray, against a DNS server that does. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DnsServer, startDnsServer } from '../../testing/dns-server.js'
import { checkCaa } from './caa.js'
import { validateDns01 } from './dns-01.js'
import { makeResolver } from './resolver.js'
import { outcomeOf } from '../../testing/outcome-of.js'

const name = 'www.example.ac.jp'
const place = `_acme-challenge.${name}`
const proof = { name, token: 'token', keyAuthorization: `token.${'k'.repeat(43)}` }
const digest = createHash('sha256').update(proof.keyAuthorization).digest('base64url')

let dns: DnsServer
beforeAll(async () => {
  dns = await startDnsServer()
})
afterAll(() => dns.close())
afterEach(() => {
  for (const each of [dns.records, dns.codes]) each.clear()
  for (const each of [dns.asked, dns.askedOverTcp]) each.length = 0
})

const dns01 = (resolver = makeResolver(dns.address)) =>
  outcomeOf(validateDns01({ resolver, mayConnect: () => false, httpPort: 80, tlsPort: 443 }, proof))
const caa = () => outcomeOf(checkCaa(makeResolver(dns.address), name, ['secomtrust.net']))

/** `count` aliases, the first at the name. @returns the name at their end */
function alias(first: string, count: number): string {
  const link = (index: number) => (index === 0 ? first : `alias${index}.elsewhere.example`)
  for (let index = 0; index < count; index++) dns.records.set(`CNAME ${link(index)}`, [link(index + 1)])
  return link(count)
}
const elsewhere = 'other.elsewhere.example'
function loop(first: string): void {
  dns.records.set(`CNAME ${first}`, [elsewhere])
  dns.records.set(`CNAME ${elsewhere}`, [first])
}
/** As TXT records; seven are more than the 1232 bytes that a datagram may have. */
const many = (last: string, count: number) => [...Array<string>(count - 1).fill('x'.repeat(200)), last]

describe('dns-01', () => {
  it('is met behind an alias into another zone', async () => {
    dns.records.set(`TXT ${alias(place, 1)}`, [digest])
    expect(await dns01()).toBe('valid')
  })

  it.each([
    { aliases: 8, wanted: 'valid' },
    // The resolver's limit: it gives the aliases and nothing behind them.
    { aliases: 9, wanted: 'dns' },
  ])('is $wanted behind $aliases aliases, where the resolver follows eight', async ({ aliases, wanted }) => {
    dns.records.set(`TXT ${alias(place, aliases)}`, [digest])
    expect(await dns01()).toBe(wanted)
  })

  it('is a dns problem behind aliases in a circle', async () => {
    loop(place)
    expect(await dns01()).toBe('dns')
  })

  it.each(['FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const)(
    'is a dns problem when the answer is %s',
    async (code) => {
      dns.records.set(`TXT ${place}`, [digest])
      dns.codes.set(place, code)
      expect(await dns01()).toBe('dns')
    },
  )

  it('asks over TCP for an answer that was cut off, and finds the last of 64 kB', async () => {
    dns.records.set(`TXT ${place}`, many(digest, 265))
    expect(await dns01()).toBe('valid')
    expect(dns.askedOverTcp).toEqual([`TXT ${place}`])
  })

  it('asks over UDP alone for an answer that fits', async () => {
    dns.records.set(`TXT ${place}`, [digest])
    expect(await dns01()).toBe('valid')
    expect([dns.asked, dns.askedOverTcp]).toEqual([[`TXT ${place}`], []])
  })

  it('gives up a DNS that is silent, within ten seconds', async () => {
    const silent = createSocket('udp4')
    silent.bind(0, '127.0.0.1')
    await once(silent, 'listening')
    expect(await dns01(makeResolver(`127.0.0.1:${silent.address().port}`))).toBe('dns')
    silent.close()
  }, 10_000)
})

describe('CAA', () => {
  const ours = ['0 issue secomtrust.net']
  const others = ['0 issue other.example']

  it('are those of what an alias stands for', async () => {
    dns.records.set(`CAA ${alias(name, 1)}`, others)
    expect(await caa()).toBe('caa')
  })

  it('of an alias without any are those further up from the name, not from the target', async () => {
    dns.records.set(`A ${alias(name, 1)}`, ['192.0.2.1'])
    dns.records.set('CAA elsewhere.example', others)
    expect(await caa()).toBe('valid')
    dns.records.set('CAA ac.jp', others)
    expect(await caa()).toBe('caa')
  })

  it.each([
    { aliases: 8, asked: 'the resolver' },
    { aliases: 9, asked: 'the resolver and us' },
    { aliases: 16, asked: 'the resolver and us' },
  ])('are found behind $aliases aliases, followed by $asked', async ({ aliases }) => {
    dns.records.set(`CAA ${alias(name, aliases)}`, others)
    expect(await caa()).toBe('caa')
  })

  it('behind aliases without end cannot be had, and nothing is allowed', async () => {
    dns.records.set(`CAA ${alias(name, 17)}`, ours)
    expect(await caa()).toBe('dns')
    loop('example.ac.jp')
    dns.records.delete(`CNAME ${name}`)
    expect(await caa()).toBe('dns')
  })

  it.each([
    ['NXDOMAIN', 'caa'],
    ['SERVFAIL', 'dns'],
    ['REFUSED', 'dns'],
    ['NOTIMP', 'dns'],
    ['FORMERR', 'dns'],
  ] as const)('of a name that gets %s, where a name above it forbids: %s', async (code, wanted) => {
    dns.codes.set(name, code)
    dns.records.set('CAA example.ac.jp', others)
    expect(await caa()).toBe(wanted)
  })

  it.each([
    { at: 'example.ac.jp', code: 'NXDOMAIN', wanted: 'valid' },
    { at: 'jp', code: 'NXDOMAIN', wanted: 'valid' },
    { at: 'example.ac.jp', code: 'SERVFAIL', wanted: 'dns' },
    { at: 'jp', code: 'SERVFAIL', wanted: 'dns' },
  ] as const)('of a name without any, when $at gets $code: $wanted', async ({ at, code, wanted }) => {
    dns.codes.set(at, code)
    expect(await caa()).toBe(wanted)
  })

  it('that are found need no answer from further up', async () => {
    dns.records.set('CAA example.ac.jp', ours)
    dns.codes.set('jp', 'SERVFAIL')
    expect(await caa()).toBe('valid')
  })

  it('that were cut off are asked for over TCP, and the last one counts too', async () => {
    const long = `0 iodef mailto:${'x'.repeat(100)}@example.ac.jp`
    dns.records.set(`CAA ${name}`, [...Array<string>(150).fill(long), ...others])
    expect(await caa()).toBe('caa')
    expect(dns.askedOverTcp).toEqual([`CAA ${name}`])
  })

  it.each([
    ['another CA in capitals', '0 ISSUE other.example', 'caa'],
    ['this CA in capitals, and critical', '128 ISSUE SECOMTRUST.NET', 'valid'],
    ['nobody', '128 issue ;', 'caa'],
    ['a critical property that is unknown', '128 tbs unknown', 'caa'],
    ['a property that is unknown', '0 tbs unknown', 'valid'],
    // In what Node.js gives these two names hide the flags, or the value.
    ['a critical property named critical', '128 critical 0', 'caa'],
    ['a critical property named __proto__', '128 __proto__ x', 'caa'],
  ])('that have %s: %s', async (_name, value, wanted) => {
    dns.records.set(`CAA ${name}`, [value])
    expect(await caa()).toBe(wanted)
  })
})
