import { describe, expect, it } from 'vitest'
import { parseCertName } from '../../keystore/cert-name.js'
import { isLastThird } from '../../renewal/due.js'
import { checkSameOrder } from './existing.js'
import { parseNames } from './names.js'
import { chooseCertName } from './request.js'
import { describeState } from './order-state.js'

describe('parseNames', () => {
  it.each([
    { name: 'lower-cases', text: 'WWW.Example.AC.jp', names: ['www.example.ac.jp'] },
    {
      name: 'takes several with commas',
      text: 'a.example.jp, b.example.jp',
      names: ['a.example.jp', 'b.example.jp'],
    },
    { name: 'keeps each once', text: 'a.example.jp,A.example.jp', names: ['a.example.jp'] },
    { name: 'writes Japanese names as A-labels', text: '日本語.jp', names: ['xn--wgv71a119e.jp'] },
    { name: 'leaves wildcards to the server', text: '*.example.jp', names: ['*.example.jp'] },
    { name: 'takes a label of 63', text: `${'a'.repeat(63)}.jp`, names: [`${'a'.repeat(63)}.jp`] },
  ])('$name', ({ text, names }) => {
    expect(parseNames(text, [])).toEqual(names)
  })

  it('adds to the names before, keeping the first first', () => {
    expect(parseNames('b.example.jp', ['a.example.jp'])).toEqual(['a.example.jp', 'b.example.jp'])
  })

  it.each([
    { name: 'a label of 64', text: `${'a'.repeat(64)}.jp` },
    { name: '254 characters', text: `${'a.'.repeat(126)}jp` },
    { name: 'an IPv4 address', text: '192.0.2.1' },
    { name: 'an IPv6 address', text: '2001:db8::1' },
    { name: 'a single label', text: 'localhost' },
    { name: 'a dot at the end', text: 'www.example.jp.' },
    { name: 'an underscore', text: 'a_b.example.jp' },
    { name: 'a hyphen at the edge', text: '-a.example.jp' },
    { name: 'an empty name', text: 'a.example.jp,' },
    { name: 'an address', text: 'https://www.example.jp/' },
    { name: 'a wildcard inside', text: 'a.*.example.jp' },
    { name: 'a path', text: '../../etc' },
    { name: 'two lines, which would become one name', text: 'www.example.jp\nweb.example.jp' },
    { name: 'a tab', text: 'www\t.example.jp' },
    { name: 'a Japanese name with a path', text: '大学.jp/x' },
    { name: 'a Japanese name with a backslash', text: '大学.example\\x.jp' },
    { name: 'an IPv4 address in wide digits', text: '１９２．０．２．１' },
  ])('refuses $name', ({ text }) => {
    expect(() => parseNames(text, [])).toThrow('DNS name')
  })
})

describe('certificate names', () => {
  it.each(['www.example.ac.jp', 'a', 'a_b-c', 'renew.example.ac.jp', 'x'.repeat(200)])(
    '%s is taken',
    (name) => {
      expect(parseCertName(name)).toBe(name)
    },
  )
  it.each([
    '../x',
    'a..b',
    '.hidden',
    'a/b',
    'a\\b',
    'CON',
    'nul.txt',
    'a:b',
    '',
    'x'.repeat(201),
    'a\nb',
    'accounts',
    'installers',
    'renew',
    'README',
  ])('%s is refused', (name) => {
    expect(() => parseCertName(name)).toThrow('folder name')
  })
  it('are the first name, or the domain of a wildcard', () => {
    const options = { timeout: 0, wait: true }
    expect(chooseCertName({ ...options, domains: ['*.example.jp', 'b.jp'] })).toBe('example.jp')
    expect(() => chooseCertName(options)).toThrow('Which names?')
  })
})

describe('isLastThird', () => {
  const notBefore = new Date('2026-01-01T00:00:00Z')
  const notAfter = new Date('2026-07-18T00:00:00Z') // 198 days
  it.each([
    { name: 'not with 66 days left, a third', now: '2026-05-13T00:00:00Z', due: false },
    { name: 'with a second less', now: '2026-05-13T00:00:01Z', due: true },
    { name: 'after the end', now: '2027-01-01T00:00:00Z', due: true },
  ])('$name', ({ now, due }) => {
    expect(isLastThird({ notBefore, notAfter }, new Date(now))).toBe(due)
  })
})

describe('checkSameOrder', () => {
  const record = {
    server: 'https://ca.example/dir',
    accountId: 'a1',
    url: 'https://ca.example/order/1',
    names: ['a.example.jp', 'b.example.jp'],
    keyType: 'rsa2048' as const,
    orderedAt: '2026-11-22T00:00:00.000Z',
  }
  const request = { names: record.names, server: new URL(record.server) }
  it.each([
    { name: 'the same request', change: {}, same: true },
    { name: 'the names in another order', change: { names: ['b.example.jp', 'a.example.jp'] }, same: true },
    { name: 'fewer names', change: { names: ['a.example.jp'] }, same: false },
    { name: 'more names', change: { names: [...record.names, 'c.example.jp'] }, same: false },
    { name: 'another server', change: { server: new URL('https://other.example/dir') }, same: false },
    { name: 'another key type', change: { keyType: 'p384' as const }, same: false },
    { name: 'another account', change: { accountId: 'a2' }, same: false },
  ])('$name: $same', ({ change, same }) => {
    const check = () => checkSameOrder(record, { ...request, ...change }, 'a.example.jp')
    if (same) expect(check).not.toThrow()
    else expect(check).toThrow('--abandon-order')
  })
})

describe('describeState', () => {
  const order = {
    status: 'processing' as const,
    identifiers: [],
    authorizations: [],
    finalize: 'https://ca.example/f',
  }
  const upki = {
    profileId: '3',
    keyType: 'rsa2048' as const,
    subject: { C: '', ST: '', L: '', O: '', CN: '' },
  }
  it.each([
    { name: 'a known state', state: 'held', en: 'held by the CA for review' },
    { name: 'no state by the order', state: undefined, en: 'being worked on' },
    { name: 'a state we do not know by the order', state: '__proto__', en: 'being worked on' },
  ])('tells $name', ({ state, en }) => {
    expect(describeState({ ...order, upki: { ...upki, state } }).en).toBe(en)
  })
})
