/**
 * Defence against requests that another site makes a signed-in browser send: besides the
 * cookie's `SameSite=Strict`, a header that no form and no simple request can carry, and
 * what the browser itself says of the sender (Fetch Metadata, and Origin, RFC 6454 §7).
 */
import type { Request } from 'express'
import { ProblemError } from '../../problem/problem-error.js'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export const changesSomething = (request: Request): boolean => !safeMethods.has(request.method)

function isOwnOrigin(request: Request): boolean {
  const site = request.get('sec-fetch-site')
  const origin = request.get('origin')
  if (site !== undefined && site !== 'same-origin') return false
  return origin === undefined || origin === `https://${request.get('host') ?? ''}`
}

/** @throws ProblemError unless the request comes from a page of this gateway */
export function checkSameOrigin(request: Request): void {
  if (request.get('upki-console') !== undefined && isOwnOrigin(request)) return
  throw new ProblemError('crossSite', 'Requests of a session must come from the console itself', {
    ja: 'セッションのリクエストはコンソールの画面から送ってください。',
  })
}
