/**
 * Renders whatever was thrown as `application/problem+json` (RFC 9457).
 *
 * A ProblemError is meant for the caller; faults of parsing and of the contract
 * are translated; anything else is ours, logged whole and answered without detail.
 */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { error as contractErrors } from 'express-openapi-validator'
import type { Logger } from 'pino'
import { ProblemError } from '../problem/problem-error.js'
import { type ProblemName, problems } from '../problem/problems.js'
import { sendBytes } from './send-bytes.js'

export type Language = 'ja' | 'en'

export const languageOf = (request: Request): Language =>
  request.acceptsLanguages('en', 'ja') === 'ja' ? 'ja' : 'en'

interface HttpError {
  status?: number
  type?: string
  message: string
  headers?: Record<string, string>
  errors?: { path?: string; message?: string }[]
}

const byStatus: Partial<Record<number, ProblemName>> = {
  400: 'badRequest',
  404: 'notFound',
  405: 'methodNotAllowed',
  406: 'notAcceptable',
  413: 'tooLarge',
  415: 'unsupportedMediaType',
}

const isContractError = (error: unknown): boolean =>
  Object.values(contractErrors).some((kind) => error instanceof kind)

/** zlib's faults pass body-parser as they are, with status 400. */
const isCorruptEncoding = (error: unknown): boolean => {
  const { status, code } = error as { status?: number; code?: unknown }
  return status === 400 && typeof code === 'string' && /^Z_|^ERR_/.test(code)
}

/** Faults found by body-parser and by the contract, in our catalogue's words. */
function translate(error: unknown): ProblemError | undefined {
  const { status, type, message, headers, errors } = error as HttpError
  if (type === 'entity.too.large')
    return new ProblemError(
      'tooLarge',
      'The body is larger than this resource takes; send fewer rows at a time',
    )
  if (type === 'entity.parse.failed')
    return new ProblemError('badRequest', `The body is not JSON: ${message}`)
  if (isCorruptEncoding(error))
    return new ProblemError('badRequest', 'The body is not encoded as Content-Encoding says', {
      cause: error,
    })
  if (typeof type !== 'string' && !isContractError(error)) return undefined
  const name = status === undefined ? undefined : byStatus[status]
  if (!name) return undefined
  const places = (errors ?? []).slice(0, 20).map((each) => `${each.path ?? ''} ${each.message ?? ''}`.trim())
  return new ProblemError(name, places.join('; ') || message, { headers, cause: error })
}

export function problemBody(
  { problem, detail, options, status }: ProblemError,
  language: Language,
): Record<string, unknown> {
  const { type, title } = problems[problem]
  return {
    type,
    title: title[language],
    status,
    detail: language === 'ja' ? (options.ja ?? detail) : detail,
    ...options.members,
    ...(options.subproblems ? { subproblems: options.subproblems } : {}),
    ...(options.findings ? { findings: options.findings } : {}),
  }
}

export function sendProblem(request: Request, response: Response, error: ProblemError): void {
  const language = languageOf(request)
  const { headers, retryAfterSeconds } = error.options
  if (headers) response.set(headers)
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
  response.set('Content-Language', language).status(error.status)
  sendBytes(response, 'application/problem+json', JSON.stringify(problemBody(error, language)))
}

const systemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN'])

// SQLSTATE: connection, resources (disk full among them), shutdown, and a standby that only reads.
const outageStates = /^(08...|53...|57P..|25006)$/

// node-postgres gives these no code.
const brokenConnection = /^(Connection terminated|timeout exceeded when trying to connect)/

/** The store does not answer, or cannot write: the caller may come back. */
export function isOutage(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string') return systemCodes.has(code) || outageStates.test(code)
  return typeof message === 'string' && brokenConnection.test(message)
}

const ours = (cause: unknown): ProblemError =>
  isOutage(cause)
    ? new ProblemError('unavailable', 'The store cannot be reached; try again later', {
        retryAfterSeconds: 10,
        cause,
      })
    : new ProblemError('serverInternal', 'The fault is in the gateway and was logged; nothing was changed', {
        cause,
      })

export function renderProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = error instanceof ProblemError ? error : (translate(error) ?? ours(error))
    if (problem.status >= 500)
      log.error({ err: error, method: request.method, path: request.path }, 'request failed')
    sendProblem(request, response, problem)
  }
}

export const notFound: RequestHandler = (request) => {
  throw new ProblemError(
    'notFound',
    `There is nothing at ${request.path}; see /v1/openapi.json and /acme/directory`,
  )
}
