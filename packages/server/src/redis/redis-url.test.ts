import { describe, expect, it } from 'vitest'
import { parseRedisUrl } from './redis-url.js'

describe('parseRedisUrl', () => {
  const plain = { database: 0, isTls: false }
  it.each([
    { url: 'redis://127.0.0.1:6380', gives: { kind: 'single', nodes: [{ host: '127.0.0.1', port: 6380 }] } },
    {
      url: 'redis://redis/3',
      gives: { kind: 'single', nodes: [{ host: 'redis', port: 6379 }], database: 3 },
    },
    { url: 'redis://[::1]:6380/', gives: { kind: 'single', nodes: [{ host: '::1', port: 6380 }] } },
    {
      url: 'rediss://upki:p%40ss%3A@redis.example.ac.jp',
      gives: {
        kind: 'single',
        nodes: [{ host: 'redis.example.ac.jp', port: 6379 }],
        ...{ username: 'upki', password: 'p@ss:', isTls: true },
      },
    },
    {
      url: 'redis://:secret@redis',
      gives: { kind: 'single', nodes: [{ host: 'redis', port: 6379 }], password: 'secret' },
    },
    {
      url: 'redis+sentinel://:secret@a,b:26380/mymaster/2',
      gives: {
        kind: 'sentinel',
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26380 },
        ],
        ...{ masterName: 'mymaster', database: 2, password: 'secret' },
      },
    },
    {
      url: 'rediss+cluster://a:7000,b:7001',
      gives: {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
        isTls: true,
      },
    },
  ])('reads $url', ({ url, gives }) => {
    expect(parseRedisUrl(url)).toEqual({ ...plain, ...gives })
  })

  it.each([
    { url: 'http://redis', says: /not redis:\/\// },
    { url: 'redis://', says: /not redis:\/\// },
    { url: 'redis://a,b', says: /redis\+sentinel:\/\/ or redis\+cluster/ },
    { url: 'redis://a:65536', says: /a:65536 is not HOST/ },
    { url: 'redis://a/x', says: /x is not the number/ },
    { url: 'redis+sentinel://a,b', says: /NAME of the master/ },
    { url: 'redis+cluster://a,b/1', says: /no numbered databases/ },
  ])('refuses $url and says why', ({ url, says }) => {
    expect(() => parseRedisUrl(url)).toThrow(says)
  })

  it('repeats no password in what it says', () => {
    expect(() => parseRedisUrl('redis://:himitsu@a/x')).not.toThrow(/himitsu/)
  })
})
