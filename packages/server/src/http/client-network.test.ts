import { describe, expect, it } from 'vitest'
import { makeContains, networkOf } from './client-network.js'

describe('networkOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    [undefined, 'unknown'],
    ['', 'unknown'],
  ])('counts %s under %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('makeContains', () => {
  const contains = makeContains(['127.0.0.0/8', '::1/128', '10.1.0.0/16'])
  it.each([
    ['127.0.0.1', true],
    ['127.255.255.255', true],
    ['128.0.0.1', false],
    ['::ffff:10.1.2.3', true],
    ['10.2.0.0', false],
    ['::1', true],
    ['::2', false],
    [undefined, false],
    ['nonsense', false],
  ])('says of %s: %s', (address, inside) => {
    expect(contains(address)).toBe(inside)
  })
})
