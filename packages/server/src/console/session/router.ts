/** /v1/session: who is signed in, three ways to sign in, and sign-out. */
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { z } from 'zod'
import { addressedBase } from '../../http/addressed-base.js'
import type { Environment } from '../../issuance/ports/environment.js'
import { ProblemError } from '../../problem/problem-error.js'
import { findOperator } from '../../store/operators.js'
import { signInByCertificate } from './certificate.js'
import {
  clearOidcCookie,
  clearSessionCookie,
  readOidcCookie,
  setOidcCookie,
  setSessionCookie,
} from './cookies.js'
import { signInByLink } from './link.js'
import { makeOidc, SIGN_IN_MS } from './oidc.js'
import { checkSameOrigin } from './same-origin.js'
import { endSession, type OpenedSession, whoIsSignedIn } from './sessions.js'

/** Attempts of one address in a minute. Nothing here can be guessed; this bounds the work. */
const ATTEMPTS = 30

const linkBody = z.strictObject({ token: z.string().min(1).max(2000) })

function limitAttempts(): RequestHandler {
  const limiter = new RateLimiterMemory({ points: ATTEMPTS, duration: 60 })
  return async (request, _response, next) => {
    try {
      await limiter.consume(request.ip ?? '')
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      throw new ProblemError('rateLimited', 'Too many sign-ins; wait a little', {
        ja: 'サインインの試行が多すぎます。しばらくお待ちください。',
        retryAfterSeconds: error.msBeforeNext / 1000,
      })
    }
    next()
  }
}

async function represent(env: Environment, request: Request) {
  const { clientCertificates, oidc } = env.config.console
  const signedIn = await whoIsSignedIn(env, request)
  const operator = signedIn?.caller.operatorId && (await findOperator(env.db, signedIn.caller.operatorId))
  return {
    operator: operator
      ? {
          id: operator.id,
          displayName: operator.display_name,
          role: operator.role,
          organisation: operator.organisation,
          scopes: signedIn.caller.scopes,
          department: operator.department_id,
        }
      : null,
    expiresAt: operator ? signedIn.expiresAt.toISOString() : null,
    ways: { certificate: clientCertificates !== undefined, oidc: oidc?.name ?? null },
  }
}

async function admit(
  env: Environment,
  request: Request,
  response: Response,
  { token, expiresAt }: OpenedSession,
): Promise<void> {
  setSessionCookie(response, token, expiresAt)
  // As the next request will come.
  request.headers.cookie = `__Host-upki-session=${token}`
  response.json(await represent(env, request))
}

function makeOidcRouter(env: Environment): Router {
  const router = Router()
  const { oidc: config, externalUrl } = env.config.console
  const provider = config && makeOidc(env, config)
  router.use((_request, _response, next) => {
    if (provider) return next()
    throw new ProblemError('notFound', 'OpenID Connect is not configured', {
      ja: 'OpenID Connectは設定されていません。',
    })
  })
  /** The browser is on its way through: it is told by the page it comes to, we by the log. */
  const turnBack = (response: Response, error: unknown) => {
    env.log.warn({ err: error }, 'a sign-in with OpenID Connect failed')
    response.redirect(302, '/?sign-in=failed')
  }
  router.get('/', async (request, response) => {
    const origin = addressedBase({ request, externalUrl, problem: 'badRequest' })
    try {
      const started = await provider?.start(`${origin}/v1/session/oidc/callback`)
      setOidcCookie(response, started?.cookie ?? '', SIGN_IN_MS)
      response.redirect(302, started?.url.href ?? '/')
    } catch (error) {
      turnBack(response, error)
    }
  })
  router.get('/callback', async (request, response) => {
    clearOidcCookie(response)
    const query = new URL(request.originalUrl, 'https://gateway.invalid').search
    try {
      const opened = await provider?.finish(query, readOidcCookie(request) ?? '')
      if (opened) setSessionCookie(response, opened.token, opened.expiresAt)
      response.redirect(302, opened ? '/' : '/?sign-in=unknown')
    } catch (error) {
      turnBack(response, error)
    }
  })
  return router
}

export function makeSessionRouter(env: Environment): Router {
  const router = Router()
  const limit = limitAttempts()
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  router.get('/', async (request, response) => void response.json(await represent(env, request)))
  router.delete('/', async (request, response) => {
    checkSameOrigin(request)
    await endSession(env, request)
    clearSessionCookie(response)
    response.status(204).end()
  })
  router.use('/oidc', limit, makeOidcRouter(env))
  router.post('/link', limit, express.json({ limit: '10kb' }), async (request, response) => {
    checkSameOrigin(request)
    const body = linkBody.safeParse(request.body)
    if (!body.success)
      throw new ProblemError('badRequest', 'Send {"token": "…"}', {
        ja: '{"token": "…"} の形で送ってください。',
      })
    await admit(env, request, response, await signInByLink(env, body.data.token))
  })
  router.post('/certificate', limit, async (request, response) => {
    checkSameOrigin(request)
    await admit(env, request, response, await signInByCertificate(env, request))
  })
  return router
}
