import { describe, expect, it } from 'vitest'
import { describeError } from './logger.js'

describe('describeError', () => {
  it('keeps what tells the fault', () => {
    const error = Object.assign(new Error('duplicate key', { cause: new TypeError('why') }), {
      code: '23505',
      constraint: 'one_per_key',
    })
    expect(describeError(error)).toMatchObject({
      type: 'Error',
      message: 'duplicate key',
      code: '23505',
      constraint: 'one_per_key',
      stack: expect.stringContaining('logger.test'),
      cause: { type: 'TypeError', message: 'why' },
    })
  })

  it('leaves out the row, the statement and the parameters that a database driver adds', () => {
    const error = Object.assign(new Error('null value in column'), {
      detail: 'Failing row contains (taro@example.ac.jp)',
      query: 'insert into x values ($1)',
      params: ['taro@example.ac.jp'],
      where: 'taro@example.ac.jp',
    })
    expect(JSON.stringify(describeError(error))).not.toContain('taro@')
  })

  it('leaves a text as it is', () => {
    expect(describeError('text')).toBe('text')
  })
})
