import { describe, expect, it } from 'vitest'
import { makeAddressGuard } from './address-guard.js'

const mayConnect = makeAddressGuard([])

describe('the address guard', () => {
  it.each([
    '192.0.43.7',
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2001:200::1',
    '2400::1',
  ])('lets %s through', (address) => {
    expect(mayConnect(address)).toBe(true)
  })

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.0',
    '100.127.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:192.0.43.7',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
  ])('stops %s', (address) => {
    expect(mayConnect(address)).toBe(false)
  })

  it('lets through what the configuration names, and no more', () => {
    const guard = makeAddressGuard(['127.0.0.0/8', 'fd00::/16'])
    expect(['127.0.0.1', 'fd00::1', '10.0.0.1', 'fd01::1'].map(guard)).toEqual([true, true, false, false])
  })
})
