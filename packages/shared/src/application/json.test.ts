import { describe, expect, it } from 'vitest'
import { fromJson, toJson } from './index.js'
import type { Application } from './index.js'

const codes = (value: unknown): string[] => {
  const result = fromJson(value, 3)
  return Array.isArray(result) ? result.map(({ code, row }) => `${row} ${code}`) : []
}

describe('fromJson', () => {
  it('reads fields, names and kind', () => {
    expect(fromJson({ kind: 'server', fqdn: 'a.jp', serial: '', dnsNames: ['a.jp', 'b.jp'] }, 1)).toEqual({
      kind: 'server',
      fields: { fqdn: 'a.jp', dnsNames: 'dNSName=a.jp,dNSName=b.jp' },
    })
    expect(fromJson({ dnsNames: [] }, 1)).toEqual({ fields: {} })
  })

  it('brings a CSR in PEM into one line', () => {
    const pem = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\nBBBB\n-----END CERTIFICATE REQUEST-----\n'
    expect(fromJson({ csr: pem }, 1)).toEqual({ fields: { csr: 'AAAABBBB' } })
  })

  it.each([
    ['an array', [], ['3 inputNotObject']],
    ['null', null, ['3 inputNotObject']],
    ['an unknown member', { sofware: 'nginx' }, ['3 inputUnknownMember']],
    ['__proto__', JSON.parse('{"__proto__": {"fqdn": "a"}}'), ['3 inputUnknownMember']],
    ['a serial as a number', { serial: 12 }, ['3 inputWrongType']],
    ['null as a value', { fqdn: null }, ['3 inputWrongType']],
    ['names as text', { dnsNames: 'a.jp' }, ['3 inputWrongType']],
    ['a number among names', { dnsNames: ['a.jp', 1] }, ['3 inputWrongType']],
    ['101 names', { dnsNames: Array<string>(101).fill('a.jp') }, ['3 inputWrongType']],
    ['100 names', { dnsNames: Array<string>(100).fill('a.jp') }, []],
    ['a name that is two', { dnsNames: ['a.jp,dNSName=b.jp'] }, ['3 hostSyntax']],
    ['an empty name', { dnsNames: [''] }, ['3 hostSyntax']],
    ['an unknown kind', { kind: 'server-isue' }, ['3 inputUnknownKind']],
    ['a kind that is no text', { kind: 1 }, ['3 inputUnknownKind']],
    ['two mistakes', { x: 1, serial: 1 }, ['3 inputUnknownMember', '3 inputWrongType']],
  ])('takes %s with findings %j', (_, value, expected) => {
    expect(codes(value)).toEqual(expected)
  })
})

describe('toJson', () => {
  it('gives what fromJson reads', () => {
    const application: Application = {
      kind: 'server-issue',
      fields: { fqdn: 'a.jp', dnsNames: 'dNSName=a.jp,dNSName=b.jp' },
    }
    expect(toJson(application)).toEqual({ kind: 'server-issue', fqdn: 'a.jp', dnsNames: ['a.jp', 'b.jp'] })
    expect(fromJson(toJson(application), 1)).toEqual(application)
  })
})
