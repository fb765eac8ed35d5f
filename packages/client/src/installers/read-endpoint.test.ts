import { describe, expect, it } from 'vitest'
import { readEndpoint } from './read-endpoint.js'

describe('readEndpoint', () => {
  it.each([
    { text: '993', host: '127.0.0.1', port: 993 },
    { text: 'mail.example.ac.jp:65535', host: 'mail.example.ac.jp', port: 65_535 },
    { text: '[::1]:1', host: '::1', port: 1 },
  ])('reads $text', ({ text, host, port }) => {
    expect(readEndpoint(text, ['a.example.jp'])).toEqual({ host, port, name: 'a.example.jp' })
  })

  it.each(['', 'mail', 'mail:', 'mail:0', 'mail:65536', 'mail:99999', '::1', 'mail:993 '])(
    'refuses "%s"',
    (text) => {
      expect(() => readEndpoint(text, ['a.example.jp'])).toThrow('HOST:PORT')
    },
  )
})
