import { makeCertificate, makeCsr } from '@upki-gateway/shared/testing'
import { describe, expect, it } from 'vitest'
import { ProblemError } from '../problem/problem-error.js'
import { inspect } from './inspections.js'

describe('inspect', () => {
  it('reads a CSR', async () => {
    expect(inspect(await makeCsr({ dnsNames: ['www.example.ac.jp'] }))).toMatchObject([
      {
        type: 'csr',
        subjectDn: 'CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
        keyType: 'rsa2048',
        dnsNames: ['www.example.ac.jp'],
        signatureValid: true,
      },
    ])
  })

  it('reads certificates in the order of the input', async () => {
    const names = ['a.example.ac.jp', 'b.example.ac.jp']
    const pems = names.map((commonName) =>
      makeCertificate({ issuer: 'Test CA', notBefore: '2026-01-01', commonName }),
    )
    const objects = inspect((await Promise.all(pems)).join('\n'))
    expect(objects.map((object) => object.dnsNames)).toEqual(names.map((name) => [name]))
    expect(objects[0]).toMatchObject({
      type: 'certificate',
      subject: 'CN=a.example.ac.jp, O=Example University, L=Chiyoda-ku, ST=Tokyo, C=JP',
      serial: BigInt('0x2f1c0b7a9d3e4455667788990a1b2c3d').toString(),
    })
  })

  it.each([
    ['text', 'hello'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    [
      'more than 20 certificates',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'.repeat(21),
    ],
  ])('refuses %s', (_, input) => {
    expect(() => inspect(input)).toThrow(ProblemError)
  })
})
