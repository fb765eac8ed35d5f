/** JSON bodies with one meaning: in UTF-8 if they say nothing else, and no member twice. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { findRepeatedMember, type RepeatedMember } from '@upki-gateway/shared/formats'
import express, { type Request, type RequestHandler } from 'express'
import iconv from 'iconv-lite'
import { memberOf } from '../http/explain-contract.js'
import { ProblemError } from '../problem/problem-error.js'
import { refuse } from './applications.js'

interface Body {
  bytes: Buffer
  /** As body-parser names it. */
  encoding: string
}

/** From when a body was read until it is known to be JSON. */
const bodies = new WeakMap<IncomingMessage, Body>()

const notUtf8 = (): ProblemError =>
  new ProblemError('badRequest', 'The body is not UTF-8; send JSON in UTF-8 (RFC 8259 §8.1)', {
    ja: '本文がUTF-8ではありません。JSONはUTF-8で送ってください（RFC 8259 §8.1）。',
  })

function memberTwice({ path, name }: RepeatedMember): ProblemError {
  const member = memberOf([...path, name].map(String))
  return new ProblemError('badRequest', `The member ${member} stands in the body twice; keep the right one`, {
    ja: `項目 ${member} が本文に2つあります。正しい方だけを残してください。`,
  })
}

/** Applications are told by row and field, as everything that is wrong with them. */
function refuseRepeated({ method, path }: Request, repeated: RepeatedMember): never {
  if (method !== 'POST' || path !== '/applications') throw memberTwice(repeated)
  const [index] = repeated.path
  refuse([repeated.toFinding(typeof index === 'number' ? index + 1 : 1)])
}

const refuseFaults: RequestHandler = (request, _response, next) => {
  const body = bodies.get(request)
  bodies.delete(request)
  if (!body) return next()
  const { bytes, encoding } = body
  if (encoding === 'utf-8' && !isUtf8(bytes)) throw notUtf8()
  const repeated = findRepeatedMember(iconv.decode(bytes, encoding), request.body)
  if (repeated) refuseRepeated(request, repeated)
  next()
}

export const readJson = (limit: string): RequestHandler[] => [
  express.json({
    limit,
    strict: true,
    verify: (request, _response, bytes, encoding) => void bodies.set(request, { bytes, encoding }),
  }),
  refuseFaults,
]
