/** What a resource answers; sent in one place. */
import type { Response } from 'express'
import { sendBytes } from '../http/send-bytes.js'

export interface Answer {
  /** Default 200. */
  status?: number
  headers?: Record<string, string>
  /** Becomes JSON. */
  body?: unknown
  pemChain?: string
  /** Runs once what the answer tells is on disk. */
  afterCommit?: () => void
}

export function sendAnswer(response: Response, { status = 200, headers = {}, body, pemChain }: Answer): void {
  response.status(status).set(headers)
  if (pemChain === undefined) sendBytes(response, 'application/json', JSON.stringify(body))
  else sendBytes(response, 'application/pem-certificate-chain', pemChain)
}
