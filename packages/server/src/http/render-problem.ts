/**
 * Renders whatever was thrown as `application/problem+json` (RFC 9457).
 *
 * A ProblemError is meant for the caller; faults of parsing and of the contract
 * are translated; anything else is ours, logged whole and answered without detail.
 */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { ProblemError } from '../problem/problem-error.js'
import { problems } from '../problem/problems.js'
import { sendBytes } from './send-bytes.js'
import { translate } from './translate-faults.js'

export type Language = 'ja' | 'en'

export const languageOf = (request: Request): Language =>
  request.acceptsLanguages('en', 'ja') === 'ja' ? 'ja' : 'en'

export function problemBody(
  { problem, detail, options, status }: ProblemError,
  language: Language,
): Record<string, unknown> {
  const { type, title } = problems[problem]
  return {
    type,
    title: title[language],
    status,
    detail: language === 'ja' ? options.ja : detail,
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
        ja: 'データベースに接続できません。しばらくしてから再試行してください。',
        retryAfterSeconds: 10,
        cause,
      })
    : new ProblemError('serverInternal', 'The fault is in the gateway and was logged; nothing was changed', {
        ja: 'ゲートウェイの内部エラーです。ログに記録しました。何も変更されていません。',
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
    { ja: `${request.path} には何もありません。/v1/openapi.json と /acme/directory をご覧ください。` },
  )
}
