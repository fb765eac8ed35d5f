/** One request and its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Organisation } from '../organisations/organisation.js'
import { encodePage, messagePage } from '../pages/html.js'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** Without the query. */
  path: string
}

/** An exchange whose client showed an operator certificate. */
export interface OperatorExchange extends Exchange {
  organisation: Organisation
}

/** Ends an exchange early with a status and a page that says why. */
export class PageError extends Error {
  override name = 'PageError'
  constructor(
    readonly status: number,
    readonly heading: string,
    message: string,
  ) {
    super(message)
  }
}

export function sendPage({ response }: Exchange, html: string, status = 200): void {
  const octets = encodePage(html)
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=EUC-JP',
    'Content-Length': octets.length,
    'Cache-Control': 'no-store',
  })
  response.end(octets)
}

export const sendPageError = (exchange: Exchange, { status, heading, message }: PageError): void =>
  sendPage(exchange, messagePage(heading, message), status)

export function sendJson({ response }: Exchange, value: unknown, status = 200): void {
  const octets = Buffer.from(`${JSON.stringify(value)}\n`)
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': octets.length })
  response.end(octets)
}

/** The whole body, up to `most` octets. @throws PageError 413 above. */
export async function readBody({ request }: Exchange, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw new PageError(413, 'エラー', `リクエストが大きすぎます（${most}バイト以内）。`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
