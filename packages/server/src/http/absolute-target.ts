/**
 * A request target in absolute form, `POST https://gateway.example.ac.jp/acme/new-order`, as it is sent to proxies: a server has
 * to take it too, and to go by its host instead of the Host header (RFC 9112 §3.2.2).
 */
import type { RequestHandler } from 'express'

const absolute = /^https?:\/\/([^/?#]*)(.*)$/i

/** What comes after sees the path as target, and the host as Host header. */
export const takeAbsoluteTarget: RequestHandler = (request, _response, next) => {
  const [, host, rest = ''] = absolute.exec(request.url) ?? []
  if (host !== undefined) {
    request.headers.host = host
    request.url = request.originalUrl = rest.startsWith('/') ? rest : `/${rest}`
  }
  next()
}
