/** HTTPS: /ca/ is open to all; everything else wants an operator's client certificate. */
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { OperatorCredential } from '../access/credentials.js'
import type { Organisation } from '../organisations/organisation.js'
import { PageError, sendPageError, type Exchange, type OperatorExchange } from './exchange.js'

export interface Rooms {
  authorityFiles: { handle(exchange: Exchange): Promise<void> }
  controls: { handle(exchange: Exchange): Promise<void> }
  screens: { handle(exchange: OperatorExchange): Promise<void> }
}

/** @throws PageError 403 when the client showed no certificate of a known operator. */
function organisationOf(request: IncomingMessage, operators: readonly OperatorCredential[]): Organisation {
  const { socket } = request
  const isTrusted = socket instanceof TLSSocket && socket.authorized
  const fingerprint = isTrusted ? socket.getPeerX509Certificate()?.fingerprint256 : undefined
  const operator = operators.find((known) => known.fingerprint === fingerprint)
  if (!operator) throw new PageError(403, 'アクセスエラー', '登録担当者用証明書を提示してください。')
  return operator.organisation
}

async function route(
  exchange: Exchange,
  operators: readonly OperatorCredential[],
  rooms: Rooms,
): Promise<void> {
  if (exchange.path.startsWith('/ca/')) return rooms.authorityFiles.handle(exchange)
  const organisation = organisationOf(exchange.request, operators)
  if (exchange.path.startsWith('/simulator/')) return rooms.controls.handle(exchange)
  if (exchange.path.startsWith('/upki-odcert/')) return rooms.screens.handle({ ...exchange, organisation })
  throw new PageError(404, 'エラー', '画面が存在しません。')
}

/** A refusal becomes its page; anything else is ours, and is logged whole. */
function fail(exchange: Exchange, error: unknown): void {
  const isRefusal = error instanceof PageError
  const isGone = exchange.response.headersSent || exchange.response.destroyed
  if (!isRefusal && !isGone) console.error(error)
  if (isGone) return void exchange.response.destroy()
  // What is left of a body that was refused half-read would be taken for the next request.
  if (!exchange.request.complete) exchange.response.setHeader('Connection', 'close')
  sendPageError(
    exchange,
    isRefusal ? error : new PageError(500, 'システムエラー', 'システムエラーが発生しました。'),
  )
}

/** A server that asks for client certificates of the CA, without turning others away: they get a page. */
export const makeServer = (tls: { key: string; cert: string; ca: string }): Server =>
  createServer({ ...tls, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' })

/** Has the server answer from now on. */
export function answerWith(server: Server, operators: readonly OperatorCredential[], rooms: Rooms): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const exchange = { request, response, path: (request.url ?? '').split('?', 1)[0] ?? '' }
    route(exchange, operators, rooms).catch((error: unknown) => fail(exchange, error))
  })
}
