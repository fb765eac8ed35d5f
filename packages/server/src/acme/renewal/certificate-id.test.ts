import { describe, expect, it } from 'vitest'
import { parseCertificateId } from './certificate-id.js'

describe('parseCertificateId', () => {
  it('reads the example of RFC 9773 §4.1', () => {
    expect(parseCertificateId('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE')).toEqual({
      issuerKeyId: '69885b6b87464041e1b37b847ba0ae2cde01c8d4',
      serial: '2271560481',
    })
  })

  it.each([
    ['nothing', ''],
    ['no dot', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ'],
    ['no serial number', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.'],
    ['no key identifier', '.AIdlQyE'],
    ['three parts', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE.AA'],
    ['padding', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ=.AIdlQyE'],
    ['the other alphabet of base64', 'aYhba4dGQEHhs3uEe6CuLN4By+Q.AIdlQyE'],
    ['leftover bits', 'aYhba4dGQEHhs3uEe6CuLN4ByNR.AIdlQyE'],
    // X.690 §8.3: without the zero octet the number is negative; with two of them the form is too long.
    ['a negative serial number', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ'],
    ['a serial number that is not in its shortest form', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AAB_'],
    ['a serial number of 10 kB', `aYhba4dGQEHhs3uEe6CuLN4ByNQ.${'A'.repeat(10_000)}`],
  ])('takes none for %s', (_name, text) => {
    expect(parseCertificateId(text)).toBeUndefined()
  })
})
