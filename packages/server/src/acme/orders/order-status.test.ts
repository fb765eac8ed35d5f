import { describe, expect, it } from 'vitest'
import { applicationStates } from '../../issuance/states.js'
import { orderStatus } from './order-status.js'

const now = new Date('2027-01-01T00:00:00Z')
const at = (ms: number) => new Date(now.getTime() + ms)

describe('orderStatus', () => {
  it.each([
    { name: 'pending until every name is authorized', stage: 'pending', ends: 1, status: 'pending' },
    { name: 'ready', stage: 'ready', ends: 1, status: 'ready' },
    { name: 'invalid at its end', stage: 'ready', ends: 0, status: 'invalid' },
    { name: 'invalid at its end though pending', stage: 'pending', ends: 0, status: 'invalid' },
  ] as const)('$name', ({ stage, ends, status }) => {
    expect(orderStatus({ stage, application_state: null, error: null, expires_at: at(ends) }, now)).toBe(
      status,
    )
  })

  it('is invalid once an authorization was lost', () => {
    const error = { problem: 'unauthorized', detail: { en: '', ja: '' } } as const
    const order = { stage: 'ready', application_state: null, error, expires_at: at(1) } as const
    expect(orderStatus(order, now)).toBe('invalid')
  })

  it('follows the application alone once there is one: no order expires while the service may still issue', () => {
    const statuses = applicationStates.map((state) => [
      state,
      orderStatus({ stage: 'finalized', application_state: state, error: null, expires_at: at(-1) }, now),
    ])
    expect(Object.fromEntries(statuses)).toEqual({
      received: 'processing',
      refused: 'invalid',
      'awaiting-approval': 'processing',
      rejected: 'invalid',
      cancelled: 'invalid',
      queued: 'processing',
      batched: 'processing',
      submitting: 'processing',
      submitted: 'processing',
      unknown: 'processing',
      held: 'processing',
      failed: 'invalid',
      issued: 'valid',
      replaced: 'valid',
      revoked: 'valid',
      expired: 'valid',
    })
  })
})
