import { describe, expect, it } from 'vitest'
import { OverlayError, columnOf, kindTables, overlayTables, readOverlay } from './index.js'

describe('readOverlay', () => {
  it('reads what configuration may change', () => {
    const overlay = {
      'server-issue': { profiles: ['3'], columns: { software: { max: 64, use: 'optional' } } },
    }
    const tables = overlayTables(readOverlay(overlay))
    expect(tables['server-issue'].profiles).toEqual(['3'])
    expect(columnOf(tables['server-issue'], 'software')).toMatchObject({ max: 64, use: 'optional' })
    expect(kindTables['server-issue'].profiles).toEqual(['3', '11'])
  })

  it('tells every mistake at once', () => {
    const mistakes = (() => {
      try {
        readOverlay({
          'server-isue': {},
          'server-renew': {
            colums: {},
            profiles: [3],
            columns: { soft: {}, fqdn: { max: 0, use: 'x', y: 1 } },
          },
        })
        return []
      } catch (error) {
        return (error as OverlayError).mistakes
      }
    })()
    expect(mistakes).toEqual([
      'there is no kind server-isue',
      'server-renew: unknown setting colums',
      'server-renew: profiles is not a list of profile ids, as text',
      'server-renew: there is no column soft',
      'server-renew: fqdn: unknown setting y',
      'server-renew: fqdn: use is required, optional or empty',
      'server-renew: fqdn: max is not a positive number',
    ])
  })

  it.each([null, [], 'x', { 'server-issue': 1 }, { 'server-issue': { columns: 1 } }])(
    'refuses %j',
    (value) => {
      expect(() => readOverlay(value)).toThrow(OverlayError)
    },
  )
})
