/** What `doctor` found out about one thing. */
import type { Bilingual } from '@upki-gateway/shared/problem'

export interface Finding {
  /** Stable word for programs: `directory`, `clock`, `permissions` … */
  check: string
  level: 'ok' | 'warning' | 'problem'
  /** Certificate or server that it is about. */
  about?: string
  text: Bilingual
  /** What to do. */
  remedy?: Bilingual
}

export const ok = (check: string, text: Bilingual, about?: string): Finding => ({
  check,
  level: 'ok',
  about,
  text,
})
