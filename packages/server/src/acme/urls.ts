/**
 * The addresses of the ACME resources, and the base they stand on.
 *
 * A client's signature covers the host that it addressed, so a request sent to one
 * name of the gateway is no request to another.
 */
import type { Request } from 'express'
import { addressedBase } from '../http/addressed-base.js'
import type { HelpPage } from './help-pages.js'

export interface Urls {
  directory: string
  newNonce: string
  newAccount: string
  newOrder: string
  newAuthz: string
  revokeCert: string
  keyChange: string
  renewalInfo: string
  help(page: HelpPage): string
  account(id: string): string
  /** @param after id of the last order of the page before */
  orders(accountId: string, after?: string): string
  order(id: string): string
  finalize(orderId: string): string
  confirmInstalled(orderId: string): string
  /** @param alternate from 1; without it the preferred chain */
  certificate(orderId: string, alternate?: number): string
  authorization(id: string): string
  challenge(id: string): string
}

/** @param base scheme and authority, such as `https://gateway.example.ac.jp` */
export function makeUrls(base: string): Urls {
  const at = (path: string): string => `${base}/acme/${path}`
  return {
    directory: at('directory'),
    newNonce: at('new-nonce'),
    newAccount: at('new-account'),
    newOrder: at('new-order'),
    newAuthz: at('new-authz'),
    revokeCert: at('revoke-cert'),
    keyChange: at('key-change'),
    renewalInfo: at('renewal-info'),
    help: (page) => at(`help/${page}`),
    account: (id) => at(`account/${id}`),
    orders: (accountId, after) => at(`account/${accountId}/orders${after ? `?after=${after}` : ''}`),
    order: (id) => at(`order/${id}`),
    confirmInstalled: (orderId) => at(`order/${orderId}/confirm-installed`),
    finalize: (orderId) => at(`order/${orderId}/finalize`),
    certificate: (orderId, alternate) =>
      at(`order/${orderId}/certificate${alternate ? `/${alternate}` : ''}`),
    authorization: (id) => at(`authorization/${id}`),
    challenge: (id) => at(`challenge/${id}`),
  }
}

/** Scheme and authority that the client addressed. @throws ProblemError malformed when the Host header is not one */
export const baseOf = (request: Request, externalUrl: string | undefined): string =>
  addressedBase({ request, externalUrl, problem: 'malformed' })

/** Id of an account from its URL; undefined for any other text. */
export function accountIdOf(url: string, urls: Urls): string | undefined {
  const prefix = urls.account('')
  const id = url.slice(prefix.length)
  return url.startsWith(prefix) && /^[0-9a-f-]{36}$/.test(id) ? id : undefined
}

/** The Link header of an answer: the directory (RFC 8555 §7.1), and what else there is. */
export const linkHeader = (
  { directory }: Pick<Urls, 'directory'>,
  more: Record<string, string | string[]> = {},
): string =>
  Object.entries({ index: directory, ...more })
    .flatMap(([relation, urls]) => [urls].flat().map((url) => [relation, url] as const))
    .map(([relation, url]) => `<${url}>;rel="${relation}"`)
    .join(', ')
