import { describe, expect, it } from 'vitest'
import { isOutage } from './render-problem.js'

describe('isOutage', () => {
  it.each([
    { name: 'a refused connection', error: { code: 'ECONNREFUSED' } },
    { name: 'a lost connection', error: { code: '08006' } },
    { name: 'a full disk', error: { code: '53100' } },
    { name: 'a server that shuts down', error: { code: '57P01' } },
    { name: 'a standby that only reads', error: { code: '25006' } },
    { name: 'a connection that broke', error: new Error('Connection terminated unexpectedly') },
    { name: 'no connection in time', error: new Error('timeout exceeded when trying to connect') },
  ])('is $name', ({ error }) => {
    expect(isOutage(error)).toBe(true)
  })

  it.each([
    { name: 'a violated constraint', error: { code: '23505' } },
    { name: 'a wrong statement', error: { code: '42601' } },
    { name: 'a fault of ours', error: new TypeError('x is undefined') },
  ])('is not $name', ({ error }) => {
    expect(isOutage(error)).toBe(false)
  })
})
