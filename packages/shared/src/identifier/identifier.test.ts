import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCases } from '../testing/cases.js'
import {
  DnsNamesError,
  checkHostName,
  isInsideDomains,
  isSameSerial,
  isSpreadsheetDamage,
  lengthWithFqdn,
  parseDnsNames,
  parseSerial,
  readDnsNamesLeniently,
  renderDnsNames,
  toAsciiHostName,
  withFqdn,
} from './index.js'

describe('checkHostName', () => {
  it.each(parseCases(readFileSync(new URL('host-name.cases.txt', import.meta.url), 'utf8')))(
    '%s: %s (%s)',
    (outcome, name = '') => {
      expect(checkHostName(name) ?? 'ok').toBe(outcome)
    },
  )

  it('offers the A-label form of a name in another script', () => {
    expect(toAsciiHostName('日本語.example.ac.jp')).toBe('xn--wgv71a119e.example.ac.jp')
    expect(toAsciiHostName('日本語..jp')).toBeUndefined()
  })
})

describe('isInsideDomains', () => {
  it.each([
    ['example.ac.jp', true],
    ['www.example.ac.jp', true],
    ['WWW.EXAMPLE.AC.JP', true],
    ['notexample.ac.jp', false],
    ['example.ac.jp.evil.jp', false],
    ['ac.jp', false],
  ])('%s: %s', (name, expected) => {
    expect(isInsideDomains(name, ['Example.ac.jp', 'other.jp'])).toBe(expected)
  })
})

describe('parseDnsNames', () => {
  it('reads what renderDnsNames writes', () => {
    const names = ['a.example.ac.jp', 'b.example.ac.jp']
    expect(renderDnsNames(names)).toBe('dNSName=a.example.ac.jp,dNSName=b.example.ac.jp')
    expect(parseDnsNames(renderDnsNames(names))).toEqual(names)
    expect(parseDnsNames('')).toEqual([])
  })

  it.each([
    ['a comma at the end', 'dNSName=a.jp,'],
    ['a blank after a comma', 'dNSName=a.jp, dNSName=b.jp'],
    ['another spelling', 'DNSName=a.jp'],
    ['a name without prefix', 'dNSName=a.jp,b.jp'],
    ['no name', 'dNSName='],
  ])('refuses %s, and what was meant can be read', (_, text) => {
    expect(() => parseDnsNames(text)).toThrow(DnsNamesError)
    expect(readDnsNamesLeniently(text).every((name) => name.endsWith('.jp'))).toBe(true)
  })

  it('counts the FQDN that the service adds', () => {
    expect(withFqdn(['a.jp'], 'b.jp')).toEqual(['a.jp', 'b.jp'])
    expect(withFqdn(['B.jp'], 'b.jp')).toEqual(['B.jp'])
    expect(lengthWithFqdn(['a.jp'], 'b.jp')).toBe('dNSName=a.jp,dNSName=b.jp'.length)
    expect(lengthWithFqdn([], 'b.jp')).toBe('dNSName=b.jp'.length)
  })
})

describe('parseSerial', () => {
  it.each([
    ['62619332934935910747746520067307416637', 62619332934935910747746520067307416637n],
    ['0x2F1C0B7A9D3E4455667788990A1B2C3D', 0x2f1c0b7a9d3e4455667788990a1b2c3dn],
    [(2n ** 159n - 1n).toString(), 2n ** 159n - 1n],
    [(2n ** 159n).toString(), undefined],
    ['0', undefined],
    ['2F1C', undefined],
    ['0X1', undefined],
    ['-1', undefined],
    ['', undefined],
  ])('%s', (text, value) => {
    expect(parseSerial(text)).toBe(value)
  })

  it('knows the same number in both forms, and no equality of nonsense', () => {
    expect(isSameSerial('255', '0xff')).toBe(true)
    expect(isSameSerial('x', 'x')).toBe(false)
  })

  it.each([
    ['1.23457E+38', true],
    ['6,26E+37', true],
    ['1E+38', true],
    ['62619332934935900000000000000000000000', true],
    ['62619332934935910747746520067307416637', false],
    ['1E38', false],
  ])('sees whether a spreadsheet damaged %s: %s', (text, expected) => {
    expect(isSpreadsheetDamage(text)).toBe(expected)
  })
})
