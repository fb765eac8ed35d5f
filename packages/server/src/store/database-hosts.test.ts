import { describe, expect, it } from 'vitest'
import { splitHosts } from './database-hosts.js'

describe('splitHosts', () => {
  it.each([
    { url: 'postgresql://one/upki', urls: ['postgresql://one/upki'] },
    {
      url: 'postgresql://user:p,w@one:5432,two:5433/upki?sslmode=require',
      urls: [
        'postgresql://user:p,w@one:5432/upki?sslmode=require',
        'postgresql://user:p,w@two:5433/upki?sslmode=require',
      ],
    },
    { url: 'postgres://[::1]:1,[::2]/upki', urls: ['postgres://[::1]:1/upki', 'postgres://[::2]/upki'] },
    // A comma elsewhere names no host.
    { url: 'postgresql://one/a,b?options=c,d', urls: ['postgresql://one/a,b?options=c,d'] },
    { url: '/var/run/postgresql upki', urls: ['/var/run/postgresql upki'] },
  ])('of $url', ({ url, urls }) => {
    expect(splitHosts(url)).toEqual(urls)
  })
})
