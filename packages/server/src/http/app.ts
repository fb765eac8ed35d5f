/** The Express application: what every request passes, then the faces of the gateway. */
import express, { type Express, type RequestHandler, type Router } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import { takeAbsoluteTarget } from './absolute-target.js'
import type { Metrics } from './metrics.js'
import { refuseTwoHosts } from './one-host.js'
import { notFound, renderProblems } from './render-problem.js'

export interface Faces {
  health: Router
  /** Absent in a process that only works. */
  acme?: Router
  rest?: Router
  /** The operator's web console with its sign-in. */
  console?: Router
}

/** One line per request. No query, no body, no headers: they can hold personal data or secrets. */
function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now()
    const path = request.originalUrl.split('?', 1)[0]
    response.on('finish', () => {
      log.info(
        {
          method: request.method,
          path,
          status: response.statusCode,
          ms: Math.round(performance.now() - start),
        },
        'request',
      )
    })
    next()
  }
}

interface AppOptions {
  /** Addresses or networks whose X-Forwarded-For tells the address of the client. */
  trustedProxies: readonly string[]
  /** Gives each request a span; absent where nothing is traced. */
  trace?: RequestHandler
}

export function makeApp(
  faces: Faces,
  metrics: Metrics,
  log: Logger,
  { trustedProxies, trace }: AppOptions,
): Express {
  const app = express()
  app.set('trust proxy', [...trustedProxies])
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(takeAbsoluteTarget)
  app.use(logRequests(log))
  app.use(metrics.observe)
  app.use(refuseTwoHosts)
  app.use(faces.health)
  if (trace) app.use(trace)
  // ACME clients are programs: no browser headers, and the few microseconds count.
  app.disable('x-powered-by')
  if (faces.acme) app.use('/acme', faces.acme)
  app.use(helmet())
  if (faces.console) app.use(faces.console)
  if (faces.rest) app.use('/v1', faces.rest)
  app.use(notFound)
  app.use(renderProblems(log))
  return app
}
