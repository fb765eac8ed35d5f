/** Calls of the REST API with the session's cookie. Types come from openapi/openapi.yaml at build time. */
import createClient from 'openapi-fetch'
import type { components, paths } from './api-types.js'

export type Schemas = components['schemas']

/** What the gateway answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem'
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | undefined,
    readonly findings: readonly Schemas['Finding'][],
  ) {
    super(detail ?? title)
  }
}

/**
 * Requests that change something must carry this header: a page of another origin
 * cannot add it. Source: docs/console.md, "Sessions".
 */
export const ownHeaders = { 'Upki-Console': '1' } as const

export const api = createClient<paths>({
  baseUrl: '/',
  headers: ownHeaders,
  // Looked up at each call: the language of problems follows the reader's.
  fetch: (request) => {
    request.headers.set('Accept-Language', document.documentElement.lang)
    return fetch(request)
  },
})

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export function toProblem(status: number, body: unknown): Problem {
  const { title, detail, findings } = isRecord(body) ? body : {}
  return new Problem(
    status,
    typeof title === 'string' ? title : `HTTP ${status}`,
    typeof detail === 'string' ? detail : undefined,
    Array.isArray(findings) ? (findings as Schemas['Finding'][]) : [],
  )
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer. @throws Problem when it is none */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (error !== undefined || !response.ok) throw toProblem(response.status, error)
  return data as T
}
