import { describe, expect, it } from 'vitest'
import { AcmeProblem } from './acme-problem.js'
import { checkSameOrigin, parseDirectoryUrl } from './endpoint.js'
import { decodeHmacKey } from './external-account-binding.js'
import { backoffSeconds, boundedWait, parseRetryAfter } from './retry-after.js'
import { TransportError } from './transport-error.js'

describe('parseRetryAfter', () => {
  const now = new Date('2026-11-22T00:00:00Z')
  it.each([
    { name: 'seconds', header: '5', seconds: 5 },
    { name: 'nothing, when absent', header: undefined, seconds: undefined },
    { name: 'nothing, when unreadable', header: 'soon', seconds: undefined },
    { name: 'an hour as it stands', header: '3600', seconds: 3600 },
    { name: 'nought', header: '0', seconds: 0 },
    { name: 'an HTTP date', header: 'Sun, 22 Nov 2026 00:01:00 GMT', seconds: 60 },
    { name: 'a date two hours on', header: 'Sun, 22 Nov 2026 02:00:00 GMT', seconds: 7200 },
    { name: 'a date in the past as nought', header: 'Sat, 21 Nov 2026 00:00:00 GMT', seconds: 0 },
    { name: 'a number with a minus as nought', header: '-5', seconds: 0 },
  ])('takes $name', ({ header, seconds }) => {
    expect(parseRetryAfter(header, now)).toBe(seconds)
  })

  it.each([
    { asked: 0, waits: 1, why: 'no server makes it loop' },
    { asked: 1, waits: 1, why: 'so it was asked' },
    { asked: 600, waits: 600, why: 'so it was asked' },
    { asked: 601, waits: 600, why: 'no server makes it forget the order' },
  ])('waits $waits s where $asked s are asked for: $why', ({ asked, waits }) => {
    expect(boundedWait(asked)).toBe(waits)
  })

  it('waits longer each time without the header, a minute at most', () => {
    expect([0, 1, 2, 20, 10_000].map(backoffSeconds)).toEqual([2, 3, 5, 60, 60])
  })
})

describe('parseDirectoryUrl', () => {
  it.each([
    { name: 'takes https', url: 'https://ca.example/dir', allowHttp: false, taken: true },
    {
      name: 'refuses http to this machine when not asked',
      url: 'http://127.0.0.1/dir',
      allowHttp: false,
      taken: false,
    },
    {
      name: 'takes http to this machine when asked',
      url: 'http://127.0.0.1:1/dir',
      allowHttp: true,
      taken: true,
    },
    { name: 'takes http to ::1 when asked', url: 'http://[::1]:1/dir', allowHttp: true, taken: true },
    { name: 'takes http to localhost when asked', url: 'http://localhost/dir', allowHttp: true, taken: true },
    {
      name: 'refuses http elsewhere even when asked',
      url: 'http://ca.example/dir',
      allowHttp: true,
      taken: false,
    },
    {
      name: 'refuses a name that begins like this machine',
      url: 'http://127.0.0.1.example/',
      allowHttp: true,
      taken: false,
    },
    {
      name: 'refuses a password in the address',
      url: 'https://a:b@ca.example/',
      allowHttp: false,
      taken: false,
    },
    { name: 'refuses other schemes', url: 'file:///etc/passwd', allowHttp: true, taken: false },
    { name: 'refuses what is no address', url: 'ca.example', allowHttp: true, taken: false },
  ])('$name', ({ url, allowHttp, taken }) => {
    const parse = () => parseDirectoryUrl(url, allowHttp)
    if (taken) expect(parse().href).toBe(url)
    else expect(parse).toThrow('--server')
  })
})

describe('checkSameOrigin', () => {
  const directory = new URL('https://ca.example:8443/dir')
  it.each([
    { url: 'https://ca.example:8443/order/1', same: true },
    { url: 'https://ca.example/order/1', same: false },
    { url: 'http://ca.example:8443/order/1', same: false },
    { url: 'https://ca.example.evil:8443/', same: false },
    { url: '//ca.example:8443/', same: false },
  ])('$url: $same', ({ url, same }) => {
    const check = () => checkSameOrigin(url, directory)
    if (same) expect(check).not.toThrow()
    else expect(check).toThrow('does not follow')
  })
})

describe('decodeHmacKey', () => {
  const bytes = Buffer.from('fb'.repeat(32), 'hex')
  it.each([
    { name: 'Base64url', text: bytes.toString('base64url') },
    { name: 'plain Base64 with padding', text: bytes.toString('base64') },
  ])('reads $name', ({ text }) => {
    expect(decodeHmacKey(text)).toEqual(bytes)
  })

  it.each([
    { name: 'blanks', text: `${bytes.toString('base64url')} x` },
    { name: 'nothing', text: '' },
    { name: '15 bytes', text: Buffer.alloc(15, 1).toString('base64url') },
  ])('refuses $name', ({ text }) => {
    expect(() => decodeHmacKey(text)).toThrow('HMAC')
  })
})

describe('AcmeProblem', () => {
  it.each([
    {
      name: 'a rate limit passes',
      type: 'urn:ietf:params:acme:error:rateLimited',
      status: 429,
      transient: true,
    },
    { name: 'a server error passes', type: 'about:blank', status: 503, transient: true },
    { name: 'a refusal stays', type: 'urn:ietf:params:acme:error:badCSR', status: 400, transient: false },
  ])('$name', ({ type, status, transient }) => {
    expect(new AcmeProblem({ type }, status).isTransient).toBe(transient)
  })

  it('survives a body that is no problem', () => {
    expect(new AcmeProblem('<html>', 502)).toMatchObject({ type: 'about:blank', detail: '', subproblems: [] })
  })

  it('ignores a finding of another shape but keeps its detail', () => {
    const subproblems = [{ detail: 'why', identifier: { value: 'a.example' }, finding: { code: 1 } }]
    expect(new AcmeProblem({ subproblems }).subproblems).toEqual([
      { detail: 'why', identifier: 'a.example', finding: undefined },
    ])
  })
})

describe('TransportError', () => {
  it.each([
    { code: 'ECONNREFUSED', transient: true },
    { code: 'ETIMEDOUT', transient: true },
    { code: 'ENOTFOUND', transient: true },
    { code: 'SELF_SIGNED_CERT_IN_CHAIN', transient: false },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID', transient: false },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', transient: false },
    { code: 'ERR_ANSWER_TOO_LARGE', transient: false },
  ])('$code may pass: $transient', ({ code, transient }) => {
    expect(new TransportError('https://ca.example/', code, undefined).isTransient).toBe(transient)
  })
})
