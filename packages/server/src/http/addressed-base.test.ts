import { describe, expect, it } from 'vitest'
import { addressedBase } from './addressed-base.js'

const baseFor = (host: string | undefined, externalUrl?: string) =>
  addressedBase({ request: { headers: { host }, protocol: 'https' }, externalUrl, problem: 'malformed' })

describe('addressedBase', () => {
  it.each([
    'gateway.example.ac.jp',
    'gateway.example.ac.jp:8443',
    'gateway',
    '192.0.2.1:443',
    '[2001:db8::1]',
    '[2001:db8::1]:65535',
    'xn--fiq06l2rdsvs.example.ac.jp',
    'a'.repeat(253),
  ])('is at %s as addressed', (host) => {
    expect(baseFor(host)).toBe(`https://${host}`)
  })

  it.each([
    ['a user before it', 'gateway.example.ac.jp@evil.example'],
    ['a user and password before it', 'user:pass@evil.example'],
    ['a path', 'gateway.example.ac.jp/evil'],
    ['a fragment', 'evil.example#gateway.example.ac.jp'],
    ['a query', 'evil.example?gateway.example.ac.jp'],
    ['a backslash', 'evil.example\\gateway.example.ac.jp'],
    ['two hosts', 'gateway.example.ac.jp, evil.example'],
    ['a blank', 'gateway.example.ac.jp '],
    ['capitals', 'Gateway.example.ac.jp'],
    ['another script', 'gateway。example.ac.jp'],
    ['a dot behind it', 'gateway.example.ac.jp.'],
    ['a port of six digits', 'gateway.example.ac.jp:100000'],
    ['254 characters', 'a'.repeat(254)],
    ['markup', '"><script>'],
    ['nothing', ''],
    ['no header', undefined],
  ])('refuses a Host header with %s', (_name, host) => {
    expect(() => baseFor(host)).toThrow('Host header')
  })

  it('is the external URL where one is configured, whatever the Host header says', () => {
    expect(baseFor('evil.example/', 'https://gateway.example.ac.jp')).toBe('https://gateway.example.ac.jp')
  })
})
