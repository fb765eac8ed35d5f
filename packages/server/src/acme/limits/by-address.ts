/** Limits for an address (RFC 8555 §6.6, §10.5): before anything else is looked at. */
import type { RequestHandler } from 'express'
import { makeContains, networkOf } from '../../http/client-network.js'
import type { Counted, Limiter } from '../../http/limiter.js'
import type { Environment } from '../../issuance/ports/environment.js'
import { baseOf, makeUrls } from '../urls.js'
import { rateLimited } from './rate-limited.js'

const texts: Record<Counted, { en: string; ja: string }> = {
  request: {
    en: 'There were too many requests from your address within a minute; wait, and ask less often',
    ja: 'お使いのアドレスからのリクエストが1分間の上限を超えました。時間をおいて、頻度を下げてください。',
  },
  newAccount: {
    en: 'There were too many new accounts from your address within an hour; wait, and use the accounts that there are',
    ja: 'お使いのアドレスからのアカウント登録が1時間の上限を超えました。時間をおくか、登録済みのアカウントを使ってください。',
  },
}

export interface AddressLimits {
  requests: RequestHandler
  /** Finding an account that is there does not count. */
  newAccounts: RequestHandler
}

export function limitAddresses({ config }: Pick<Environment, 'config'>, limiter: Limiter): AddressLimits {
  const isExempt = makeContains(config.acme.rateLimits.exempt)
  const limit =
    (what: Counted): RequestHandler =>
    async (request, response, next) => {
      if (isExempt(request.ip)) return next()
      const key = networkOf(request.ip)
      const waitMs = await limiter.take(what, key)
      if (waitMs !== undefined)
        throw rateLimited(makeUrls(baseOf(request, config.acme.externalUrl)), texts[what], waitMs)
      if (what === 'newAccount')
        response.on('finish', () => {
          if (response.statusCode === 200) void limiter.giveBack(what, key).catch(() => undefined)
        })
      next()
    }
  return { requests: limit('request'), newAccounts: limit('newAccount') }
}
