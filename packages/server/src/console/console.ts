/** The operator's web console: its sign-in, and its files. */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { serveConsole } from './assets.js'
import { makeSessionRouter } from './session/router.js'

export function makeConsole(env: Environment): Router {
  const router = Router()
  router.use('/v1/session', makeSessionRouter(env))
  router.use(serveConsole())
  return router
}
