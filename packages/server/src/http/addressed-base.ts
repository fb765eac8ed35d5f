/**
 * Scheme and authority that a client addressed.
 *
 * A gateway may be reached by several names, so without a configured external URL it is the Host header that
 * tells. Whoever sends the request writes it: it is looked at before it stands in a link.
 */
import type { Request } from 'express'
import { ProblemError } from '../problem/problem-error.js'

/** Host names, IPv4 and bracketed IPv6 addresses, with or without a port (RFC 9110 §7.2). */
const hostSyntax = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/

interface Addressed {
  request: Pick<Request, 'headers' | 'protocol'>
  externalUrl: string | undefined
  /** What to answer when the Host header is not one. */
  problem: 'badRequest' | 'malformed'
}

/** @returns such as `https://gateway.example.ac.jp` @throws ProblemError */
export function addressedBase({ request, externalUrl, problem }: Addressed): string {
  if (externalUrl !== undefined) return externalUrl
  const host = request.headers.host ?? ''
  if (hostSyntax.test(host)) return `${request.protocol}://${host}`
  throw new ProblemError(problem, 'The Host header is not a host name in lower case', {
    ja: 'Hostヘッダーが小文字のホスト名ではありません。',
  })
}
