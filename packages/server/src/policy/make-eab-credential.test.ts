import { expect, it } from 'vitest'
import { makeHmacKey } from './make-eab-credential.js'

it('makes keys of 32 bytes that no command line takes for an option', () => {
  const keys = Array.from({ length: 2000 }, makeHmacKey)
  expect(keys.filter((key) => key.length !== 32)).toEqual([])
  expect(keys.map((key) => key.toString('base64url')).filter((key) => key.startsWith('-'))).toEqual([])
})
