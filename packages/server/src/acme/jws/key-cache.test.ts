import { describe, expect, it } from 'vitest'
import type { AccountKey } from './account-key.js'
import { KeyCache } from './key-cache.js'

const key = (thumbprint: string) => ({ thumbprint }) as AccountKey

describe('KeyCache', () => {
  it('forgets the key that was not used for the longest time', () => {
    const cache = new KeyCache(2)
    cache.set('a', key('a'))
    cache.set('b', key('b'))
    cache.get('a')
    cache.set('c', key('c'))
    expect(['a', 'b', 'c'].map((id) => cache.get(id)?.thumbprint)).toEqual(['a', undefined, 'c'])
  })

  it('holds one key for each account', () => {
    const cache = new KeyCache(2)
    cache.set('a', key('old'))
    cache.set('b', key('b'))
    cache.set('a', key('new'))
    expect(cache.get('a')?.thumbprint).toBe('new')
    expect(cache.get('b')?.thumbprint).toBe('b')
  })

  it('forgets on demand', () => {
    const cache = new KeyCache()
    cache.set('a', key('a'))
    cache.delete('a')
    expect(cache.get('a')).toBeUndefined()
  })
})
