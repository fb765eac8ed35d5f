import { describe, expect, it } from 'vitest'
import { AcmeProblem } from '../acme/acme-problem.js'
import { explainError } from './explain-error.js'

const acme = (type: string, detail = 'why') => ({ type: `urn:ietf:params:acme:error:${type}`, detail })

describe('a file', () => {
  it.each([
    { code: 'ENOENT', path: '/no/where', says: /^\/no\/where .*\(ENOENT\): there is no such file/ },
    { code: 'EISDIR', path: '/etc', says: /it is a folder/ },
    { code: 'EACCES', path: '/etc/shadow', says: /run as root/ },
    { code: 'EIO', path: '/a', says: /check free space/ },
    { code: 'ENOSPC', path: undefined, says: /^A file .*make room/ },
  ])('$code is told with what to do', ({ code, path, says }) => {
    expect(explainError(Object.assign(new Error(code), { code, path })).text.en).toMatch(says)
  })
})

describe('a refusal', () => {
  it.each([
    {
      name: 'that explains itself is told as it stands',
      problem: new AcmeProblem(acme('rejectedIdentifier'), 403),
      says: /^The server refused \(rejectedIdentifier, HTTP 403\): why$/,
    },
    {
      name: 'of a front end that is busy says when to come again',
      problem: new AcmeProblem('<html>', 503, 120),
      says: /^The server refused \(HTTP 503\)\n.*again in 2 min;/,
    },
    {
      name: 'for too many requests says when to come again, beyond what the client itself would wait',
      problem: new AcmeProblem(acme('rateLimited'), 429, 7200),
      says: /HTTP 429\): why\n.*again in 2 h;/,
    },
    {
      name: 'without a time says so',
      problem: new AcmeProblem(undefined, 429),
      says: /^The server refused \(HTTP 429\)\n.*again later;/,
    },
    {
      name: 'that leads elsewhere names the option',
      problem: new AcmeProblem('', 302),
      says: /^The server refused \(HTTP 302\)\n.*--server/,
    },
    {
      name: 'inside an order has no status',
      problem: new AcmeProblem({ detail: 'why' }),
      says: /^The server refused: why$/,
    },
  ])('$name', ({ problem, says }) => {
    expect(explainError(problem).text.en).toMatch(says)
  })

  it('gives programs the seconds that the server asked for', () => {
    expect(explainError(new AcmeProblem(acme('rateLimited'), 429, 7200)).details).toMatchObject({
      problem: { type: 'rateLimited', retryAfterSeconds: 7200 },
    })
  })
})
