import { error as contractErrors } from 'express-openapi-validator'
import { describe, expect, it } from 'vitest'
import { translate } from './translate-faults.js'

describe('a fault that the validator of the contract finds', () => {
  it.each([
    { kind: 'NotAcceptable', problem: 'notAcceptable' },
    { kind: 'RequestEntityTooLarge', problem: 'tooLarge' },
    { kind: 'UnsupportedMediaType', problem: 'unsupportedMediaType' },
  ] as const)('$problem is told in both languages', ({ kind, problem }) => {
    const error: unknown = Reflect.construct(contractErrors[kind], [{ path: '/v1/x', message: 'words' }])
    const translated = translate(error)
    expect(translated).toMatchObject({ problem, detail: expect.stringMatching(/^[\x20-\x7e]+$/) })
    expect(translated?.options.ja).toMatch(/[ぁ-ん]/)
  })
})
