/** What a resource answers; sent in one place. */
import type { Response } from 'express'

export interface Answer {
  /** Default 200. */
  status?: number
  headers?: Record<string, string>
  /** JSON, unless `type` says otherwise. */
  body?: unknown
  type?: string
  /** Runs once what the answer tells is on disk. */
  afterCommit?: () => void
}

export function sendAnswer(response: Response, { status = 200, headers = {}, body, type }: Answer): void {
  response.status(status).set(headers)
  if (body === undefined) response.end()
  else response.type(type ?? 'application/json').send(type ? body : JSON.stringify(body))
}
