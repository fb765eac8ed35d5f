import { describe, expect, it } from 'vitest'
import { type ApprovalScope, covers } from './approval.js'

const now = new Date('2026-06-01T00:00:00Z')
const approval: ApprovalScope = {
  names: ['www.example.ac.jp', '.lab.example.ac.jp'],
  subscriber: { email: 'taro@example.ac.jp' },
  valid_until: null,
  revoked_at: null,
  profiles: null,
}

describe('an approval', () => {
  it.each([
    { name: 'a name it lists', names: ['www.example.ac.jp'], covered: true },
    { name: 'a name below a domain it lists', names: ['a.b.lab.example.ac.jp'], covered: true },
    { name: 'the domain itself', names: ['lab.example.ac.jp'], covered: true },
    { name: 'several, all listed', names: ['www.example.ac.jp', 'x.lab.example.ac.jp'], covered: true },
    { name: 'several, one not listed', names: ['www.example.ac.jp', 'mail.example.ac.jp'], covered: false },
    { name: 'a name below a name', names: ['x.www.example.ac.jp'], covered: false },
    { name: 'a name that only ends alike', names: ['evillab.example.ac.jp'], covered: false },
    { name: 'no name', names: [], covered: false },
  ])('covers $name: $covered', ({ names, covered }) => {
    expect(covers(approval, { names, subscriberEmail: 'taro@example.ac.jp' }, now)).toBe(covered)
  })

  it.each([
    { name: 'in other letters', subscriberEmail: 'Taro@Example.ac.jp', covered: true },
    { name: 'of another', subscriberEmail: 'hanako@example.ac.jp', covered: false },
    { name: 'missing', subscriberEmail: undefined, covered: false },
  ])('with the e-mail address $name covers: $covered', ({ subscriberEmail, covered }) => {
    expect(covers(approval, { names: ['www.example.ac.jp'], subscriberEmail }, now)).toBe(covered)
  })

  it.each([
    {
      name: 'a millisecond before its end',
      change: { valid_until: new Date(now.getTime() + 1) },
      covered: true,
    },
    { name: 'at its end', change: { valid_until: now }, covered: false },
    { name: 'once revoked', change: { revoked_at: new Date(0) }, covered: false },
  ])('covers $name: $covered', ({ change, covered }) => {
    const wish = { names: ['www.example.ac.jp'], subscriberEmail: 'taro@example.ac.jp' }
    expect(covers({ ...approval, ...change }, wish, now)).toBe(covered)
  })

  it.each([
    { name: 'any profile', profiles: null, profileId: '3', covered: true },
    { name: 'this profile', profiles: ['3', '11'], profileId: '11', covered: true },
    { name: 'another profile', profiles: ['3'], profileId: '11', covered: false },
    { name: 'a profile that is not said', profiles: ['3'], profileId: undefined, covered: false },
  ])('for $name covers: $covered', ({ profiles, profileId, covered }) => {
    const wish = { names: ['www.example.ac.jp'], subscriberEmail: 'taro@example.ac.jp', profileId }
    expect(covers({ ...approval, profiles }, wish, now)).toBe(covered)
  })
})
