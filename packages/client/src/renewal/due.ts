/** When a certificate is to be renewed. Pure. Sources: RFC 9773 §4.2; without ARI, one third of the lifetime. */
import type { DeploymentState } from './deployment-state.js'

interface Lifetime {
  notBefore: Date
  notAfter: Date
}

/** Less than a third of the lifetime is left: the share that the ACME community renews at. */
export const isLastThird = ({ notBefore, notAfter }: Lifetime, now: Date) =>
  notAfter.getTime() - now.getTime() < (notAfter.getTime() - notBefore.getTime()) / 3

export interface SuggestedWindow {
  start: Date
  end: Date
}

/**
 * The moment in the window that is this certificate's: uniformly spread over
 * certificates, always the same for one, so that runs of cron agree on it.
 *
 * @param draw 0 to 1, from the certificate
 */
export const chosenMoment = ({ start, end }: SuggestedWindow, draw: number) =>
  new Date(start.getTime() + draw * Math.max(0, end.getTime() - start.getTime()))

/** 0 to 1, from a serial number, whose bits are random (CA/B baseline requirements §7.1). */
export const drawFrom = (serial: string) => parseInt(serial.slice(-8), 16) / 0xffffffff || 0

export function isDue(
  lifetime: Lifetime,
  serial: string,
  window: SuggestedWindow | undefined,
  now: Date,
): boolean {
  if (window && window.end > window.start) return chosenMoment(window, drawFrom(serial)) <= now
  return isLastThird(lifetime, now)
}

/** Whether an earlier failure asks for more patience. A certificate about to end is tried at every run. */
export function isPaused({ nextTry }: DeploymentState, { notAfter }: Lifetime, now: Date): boolean {
  const aboutToEnd = notAfter.getTime() - now.getTime() < 2 * 86_400_000
  return nextTry !== undefined && new Date(nextTry) > now && !aboutToEnd
}
