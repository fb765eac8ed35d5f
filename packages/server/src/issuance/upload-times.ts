/**
 * When files may go out: not while the service is down for maintenance, and not faster than the pace that was agreed.
 * Pure. Source: docs/operations.md, "Settings".
 */
import type { IssuanceSystemConfig } from '../config.js'

/** @returns milliseconds until uploads and reports may be tried; 0 is now */
export function maintenanceMs(system: IssuanceSystemConfig, now: Date): number {
  if (system.adapter !== 'screens') return 0
  const ends = system.maintenance
    .filter(({ from, to }) => from <= now && now < to)
    .map(({ to }) => to.getTime() - now.getTime())
  return Math.max(0, ...ends)
}

/** Seconds from the beginning of one upload to that of the next. */
export const paceSeconds = (system: IssuanceSystemConfig): number =>
  system.adapter === 'screens' ? system.secondsBetweenUploads : 0
