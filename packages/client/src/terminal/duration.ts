import type { Bilingual } from '@upki-gateway/shared/problem'

/** `3 min 20 s`: the two largest units, which is all a waiting person reads. */
export function renderDuration(seconds: number): Bilingual {
  const parts = split(Math.max(0, Math.round(seconds)))
  const shown = parts.filter(({ count }) => count > 0).slice(0, 2)
  const used = shown.length > 0 ? shown : parts.slice(-1)
  return {
    en: used.map(({ count, en }) => `${count} ${en}`).join(' '),
    ja: used.map(({ count, ja }) => `${count}${ja}`).join(''),
  }
}

const split = (seconds: number) => [
  { count: Math.floor(seconds / 86_400), en: 'd', ja: '日' },
  { count: Math.floor(seconds / 3600) % 24, en: 'h', ja: '時間' },
  { count: Math.floor(seconds / 60) % 60, en: 'min', ja: '分' },
  { count: seconds % 60, en: 's', ja: '秒' },
]

/** `2027-06-08 12:00:00+00:00`: UTC, in the form certbot prints. */
export const renderInstant = (instant: Date) =>
  `${instant.toISOString().slice(0, 19).replace('T', ' ')}+00:00`
