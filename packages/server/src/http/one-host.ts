/**
 * A request that names two hosts gets 400 (RFC 9112 §3.2): a proxy may go by one and the gateway by the other. Node.js
 * takes the first without a word.
 */
import type { RequestHandler } from 'express'
import { ProblemError } from '../problem/problem-error.js'

/** @param raw names and values in turn, as they came */
function countHosts(raw: readonly string[]): number {
  let count = 0
  for (let index = 0; index < raw.length; index += 2)
    if (raw[index]?.length === 4 && raw[index]?.toLowerCase() === 'host') count += 1
  return count
}

export const refuseTwoHosts: RequestHandler = (request, _response, next) => {
  if (countHosts(request.rawHeaders) < 2) return next()
  throw new ProblemError('badRequest', 'The request has two Host headers; send one (RFC 9112 §3.2)', {
    ja: 'Hostヘッダーが2つあります。1つにしてください（RFC 9112 §3.2）。',
  })
}
