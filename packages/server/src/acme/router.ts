/**
 * The ACME face under /acme (RFC 8555): one handler for each resource.
 *
 * Every answer has a link to the directory (§7.1) and is kept by no cache; every
 * answer to a POST, refusals too, brings a fresh nonce (§6.5).
 */
import express, { type RequestHandler, Router } from 'express'
import type { Limiter } from '../http/limiter.js'
import type { Environment } from '../issuance/ports/environment.js'
import { ProblemError } from '../problem/problem-error.js'
import { sendAnswer } from './answer.js'
import { makeAlternateChains } from './alternate-chains.js'
import type { AcmeEnvironment } from './environment.js'
import { type HelpPage, helpPages, renderHelp } from './help-pages.js'
import { KeyCache } from './jws/key-cache.js'
import { limitAddresses } from './limits/by-address.js'
import { logPrivateKeys } from './log-private-keys.js'
import { Nonces } from './nonces.js'
import { account } from './resources/account.js'
import { authorization } from './resources/authorization.js'
import { certificate } from './resources/certificate.js'
import { challenge } from './resources/challenge.js'
import { confirmInstalled } from './resources/confirm-installed.js'
import { directory } from './resources/directory.js'
import { finalize } from './resources/finalize.js'
import { keyChange } from './resources/key-change.js'
import { newAccount } from './resources/new-account.js'
import { newAuthz } from './resources/new-authz.js'
import { newOrder } from './resources/new-order.js'
import { order } from './resources/order.js'
import { orders } from './resources/orders.js'
import { renewalInfo } from './resources/renewal-info.js'
import { revokeCert } from './resources/revoke-cert.js'
import { admitsReads, reads, readsOrder, writes, writesEither, writesKeyed } from './serve.js'
import { baseOf, linkHeader, makeUrls } from './urls.js'

// A CSR of 2,048 characters twice in base64url, an RSA 4096 key and ten contacts stay below 20 kB.
const MAX_BODY = '64kb'

/** Refuses what the resource does not take (RFC 8555 §6.3). */
const allowOnly =
  (...methods: string[]): RequestHandler =>
  (request, _response, next) => {
    if (methods.includes(request.method)) return next()
    throw new ProblemError('malformed', `Use ${methods.join(' or ')} here`, {
      ja: `ここでは ${methods.join(' または ')} を使ってください。`,
      status: 405,
      headers: { Allow: methods.join(', ') },
    })
  }

function prepareAnswer({ env, nonces }: AcmeEnvironment): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'POST') response.set('Replay-Nonce', nonces.make(env.now()))
    response.set('Cache-Control', 'no-store')
    response.set('Link', linkHeader(makeUrls(baseOf(request, env.config.acme.externalUrl))))
    next()
  }
}

const tellDirectory =
  (acme: AcmeEnvironment): RequestHandler =>
  (request, response) => {
    response.removeHeader('Link')
    response.json(directory(acme, makeUrls(baseOf(request, acme.env.config.acme.externalUrl))))
  }

/** RFC 8555 §7.2: 200 for HEAD, 204 for GET. */
const tellNonce =
  ({ env, nonces }: AcmeEnvironment): RequestHandler =>
  (request, response) => {
    response.set('Replay-Nonce', nonces.make(env.now()))
    response.status(request.method === 'HEAD' ? 200 : 204).end()
  }

/** RFC 9773 §4: whoever asks is told, and caches may keep it for a while. */
const tellRenewalInfo =
  (acme: AcmeEnvironment): RequestHandler =>
  async (request, response) => {
    sendAnswer(response, await renewalInfo(acme.env, String(request.params.id)))
  }

/** Pages for people. */
const tellHelp =
  ({ env }: AcmeEnvironment, page: HelpPage): RequestHandler =>
  (_request, response) => {
    response.set('Content-Security-Policy', "default-src 'none'").type('html')
    response.send(renderHelp(page, env.config.acme))
  }

/** @param limiter counts by address, and new orders where it can */
export function makeAcme(env: Environment, limiter: Limiter): Router {
  const acme: AcmeEnvironment = {
    env,
    nonces: new Nonces(env.vault.derive('acme nonces')),
    keys: new KeyCache(),
    limiter,
    alternateChains: makeAlternateChains(env),
  }
  const router = Router({ caseSensitive: true, strict: true })
  const limits = limitAddresses(env, limiter)
  router.use(prepareAnswer(acme), limits.requests)
  const raw = express.raw({ type: () => true, limit: MAX_BODY })
  // RFC 8555 §6.3: both by GET and by POST-as-GET.
  const open = (path: string, handler: RequestHandler) =>
    router.all(path, allowOnly('GET', 'HEAD', 'POST'), raw, admitsReads(acme), handler)
  open('/directory', tellDirectory(acme))
  open('/new-nonce', tellNonce(acme))
  router.all('/renewal-info/:id', allowOnly('GET', 'HEAD'), tellRenewalInfo(acme))
  for (const page of helpPages) router.all(`/help/${page}`, allowOnly('GET', 'HEAD'), tellHelp(acme, page))
  router.post('/new-account', limits.newAccounts)
  const signed = (path: string, handler: RequestHandler) => router.all(path, allowOnly('POST'), raw, handler)
  signed('/new-account', writesKeyed(acme, newAccount))
  signed('/account/:id', writes(acme, account))
  signed('/account/:id/orders', reads(acme, orders))
  signed('/new-order', writes(acme, newOrder))
  signed('/order/:id', readsOrder(acme, order))
  signed('/order/:id/finalize', writes(acme, finalize))
  signed('/order/:id/confirm-installed', writes(acme, confirmInstalled))
  signed('/order/:id/certificate', readsOrder(acme, certificate))
  signed('/order/:id/certificate/:alternate', readsOrder(acme, certificate))
  signed('/authorization/:id', writes(acme, authorization))
  signed('/challenge/:id', writes(acme, challenge))
  signed('/new-authz', writes(acme, newAuthz))
  signed('/revoke-cert', writesEither(acme, revokeCert))
  signed('/key-change', writes(acme, keyChange))
  router.use(logPrivateKeys(env))
  return router
}
