import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCases } from '../testing/cases.js'
import { DnError, attributeOf, commonNameOf, parseDn, readDnLeniently, renderDn } from './dn.js'
import { compareDn, isCsrOrder, serverDnOrder, toTsvOrder } from './order.js'

const outcomeOf = (text: string): string => {
  try {
    return renderDn(parseDn(text)) === text ? 'ok' : 'changed'
  } catch (error) {
    return error instanceof DnError ? error.fault : String(error)
  }
}

describe('parseDn', () => {
  it.each(parseCases(readFileSync(new URL('dn.cases.txt', import.meta.url), 'utf8')))(
    '%s: %s (%s)',
    (outcome, text = '') => {
      expect(outcomeOf(text)).toBe(outcome)
    },
  )

  it('splits only at a comma that an attribute name follows', () => {
    const dn = parseDn('CN=a,O=Foo, Inc. University,L=Kobe-shi')
    expect(attributeOf(dn, 'O')).toBe('Foo, Inc. University')
  })
})

describe('readDnLeniently', () => {
  it('gives what the writer meant', () => {
    const dn = readDnLeniently(' c=JP , st=Tokyo, CN = www.example.ac.jp ')
    expect(renderDn(toTsvOrder(dn ?? []))).toBe('CN=www.example.ac.jp,ST=Tokyo,C=JP')
  })

  it('finds the CN, and none in what is no DN', () => {
    expect(commonNameOf('O=x,cn=www.example.ac.jp')).toBe('www.example.ac.jp')
    expect(commonNameOf('nonsense')).toBeUndefined()
  })
})

describe('compareDn', () => {
  it.each([
    ['CN=a,O=b,L=c,ST=d,C=JP', { missing: [], repeated: [], unexpected: [], outOfOrder: false }],
    ['C=JP,ST=d,L=c,O=b,CN=a', { missing: [], repeated: [], unexpected: [], outOfOrder: true }],
    ['CN=a,O=b,C=JP', { missing: ['L', 'ST'], repeated: [], unexpected: [], outOfOrder: false }],
    ['CN=a,CN=b,O=b,L=c,ST=d,C=JP', { missing: [], repeated: ['CN'], unexpected: [], outOfOrder: false }],
    [
      'CN=a,OU=x,OU=y,O=b,L=c,ST=d,C=JP',
      { missing: [], repeated: [], unexpected: ['OU'], outOfOrder: false },
    ],
  ])('%s', (text, differences) => {
    expect(compareDn(parseDn(text), serverDnOrder)).toEqual(differences)
  })
})

describe('isCsrOrder', () => {
  it.each([
    ['C=JP,ST=d,L=c,O=b,CN=a', true],
    ['CN=a,O=b,L=c,ST=d,C=JP', true],
    ['C=JP,L=c,ST=d,O=b,CN=a', false],
    ['O=b,CN=a,L=c,ST=d,C=JP', false],
  ])('%s: %s', (text, expected) => {
    expect(isCsrOrder(parseDn(text))).toBe(expected)
  })
})
