import { describe, expect, it } from 'vitest'
import { suggestWindow } from './suggested-window.js'

const day = (days: number): Date => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000)
const certificate = { not_before: day(0), not_after: day(198), status: 'valid' } as const

describe('suggestWindow', () => {
  it.each([
    { name: 'begins when a third of the lifetime is left', of: certificate, window: [132, 148.5] },
    {
      name: 'does not change for a certificate that was replaced',
      of: { ...certificate, status: 'replaced' as const },
      window: [132, 148.5],
    },
    {
      name: 'lies in the past for one that was revoked',
      of: { ...certificate, status: 'revoked' as const },
      window: [0, 1 / 86_400],
    },
    {
      name: 'begins with the mark for one that has to be replaced sooner',
      of: certificate,
      reissue: [10, 14],
      window: [10, 14],
    },
    {
      name: 'begins as ever and ends sooner when it was marked within the window',
      of: certificate,
      reissue: [140, 144],
      window: [132, 144],
    },
    {
      name: 'lies in the past when the mark came after the time it gives',
      of: certificate,
      reissue: [14, 10],
      window: [0, 1 / 86_400],
    },
    {
      name: 'lies in the past when the mark leaves no time',
      of: certificate,
      reissue: [14, 14],
      window: [0, 1 / 86_400],
    },
    {
      name: 'is not moved back by a mark',
      of: certificate,
      reissue: [10, 148.5],
      window: [132, 148.5],
    },
  ])('$name', ({ of, reissue, window: [start = 0, end = 0] }) => {
    const [marked = 0, by = 0] = reissue ?? []
    const mark = reissue && { marked_at: day(marked), replace_by: day(by) }
    expect(suggestWindow(of, mark)).toEqual({ start: day(start), end: day(end) })
  })
})
