/**
 * A span for each request, which goes on from the caller's `traceparent` (W3C Trace Context §3.2). Its name has the route, not
 * the path: ids are told beside, and queries never.
 */
import type { Request, RequestHandler } from 'express'
import type { Trace } from '../issuance/ports/trace.js'

/** Undefined where no route was found. */
function routeOf({ baseUrl, route }: Request): string | undefined {
  const path = (route as { path?: unknown } | undefined)?.path
  return typeof path === 'string' ? `${baseUrl}${path === '/' ? '' : path}` : undefined
}

export function traceRequests(trace: Trace): RequestHandler {
  return (request, response, next) => {
    const { method } = request
    const parent = request.get('traceparent')
    const facts = { 'http.request.method': method, 'url.path': request.path, 'url.scheme': request.protocol }
    const span = trace.start(method, { kind: 'server', from: [parent], facts })
    response.once('close', () => {
      const route = routeOf(request)
      if (route) span.rename(`${method} ${route}`)
      const status = response.statusCode
      span.tell({ 'http.route': route, 'http.response.status_code': status })
      span.end(status >= 500 ? new Error(String(status)) : undefined)
    })
    span.within(next)
  }
}
