import { describe, expect, it } from 'vitest'
import { decodeBase64url } from './base64url.js'

describe('decodeBase64url', () => {
  it.each([
    ['nothing', ''],
    ['one byte', 'YQ'],
    ['two bytes', 'YWI'],
    ['three bytes', 'YWJj'],
    ['both special characters', '-_8'],
  ])('reads %s', (_, text) => {
    expect(decodeBase64url(text)?.toString('base64url')).toBe(text)
  })

  it.each([
    ['padding', 'YQ=='],
    ['the plain alphabet', '+/8'],
    ['white space', 'YW Jj'],
    ['a line break at the end', 'YWJj\n'],
    ['leftover bits that are not zero', 'YR'],
    ['a length that no bytes have', 'YWJjZ'],
    ['letters outside ASCII', 'é'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })
})
