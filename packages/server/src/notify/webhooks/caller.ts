/**
 * Calls the receivers of webhooks: HTTPS to public addresses only.
 *
 * The address that is checked is the one that is connected to, so an answer of the DNS that changes in between changes
 * nothing; redirects are not followed; of the answer only the status counts.
 */
import { lookup as resolve } from 'node:dns'
import { readFileSync } from 'node:fs'
import { Agent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { Config } from '../../config.js'
import { makeAddressGuard } from '../../net/address-guard.js'

const MAX_HEADERS = 16_384
/** Sockets to one receiver. */
const MAX_SOCKETS = 10

/** The receiver was not reached, or gave no answer. The message names no address that only the DNS inside knows. */
export class CallError extends Error {
  override name = 'CallError'
}

const forbidden = (): CallError =>
  new CallError(
    'The host has an address that is not public; the operator of the gateway can allow its network',
  )

/** As `dns.lookup`, but an address that is not allowed is an error. */
function guardedLookup(isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '')
      const [first] = addresses
      if (!first || !addresses.every(({ address }) => isAllowed(address))) callback(forbidden(), '')
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

function describe(error: unknown, signal: AbortSignal, timeoutSeconds: number): CallError {
  if (error instanceof CallError) return error
  if (signal.aborted) return new CallError(`No answer within ${timeoutSeconds} s`)
  const { code, message } = error as NodeJS.ErrnoException
  return new CallError(code ?? message)
}

export interface WebhookCaller {
  /** @returns the status of the answer. @throws CallError */
  post(url: string, body: string, headers: Record<string, string>): Promise<number>
  close(): void
}

interface Call {
  body: string
  headers: Record<string, string>
  signal: AbortSignal
}

/** @returns the status of the answer */
const call = (agent: Agent, url: URL, { body, headers, signal }: Call): Promise<number> =>
  new Promise((done, fail) => {
    const sent = requestHttps(url, {
      method: 'POST',
      agent,
      signal,
      maxHeaderSize: MAX_HEADERS,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'UPKI gateway (webhook)',
      },
    })
    sent.on('error', fail)
    sent.on('response', (response) => {
      // The status is all that is wanted; a long answer is cut off with its connection.
      if (Number(response.headers['content-length'] ?? 0) > MAX_HEADERS) response.destroy()
      else response.on('error', () => undefined).resume()
      done(response.statusCode ?? 0)
    })
    sent.end(body)
  })

export function makeWebhookCaller({
  allowedNetworks,
  caFile,
  timeoutSeconds,
}: Config['webhooks']): WebhookCaller {
  const isAllowed = makeAddressGuard(allowedNetworks)
  const agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    lookup: guardedLookup(isAllowed),
    ...(caFile !== undefined && { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }),
  })

  return {
    post: async (text, body, headers) => {
      const url = new URL(text)
      // Node.js asks no lookup for an address.
      if (isIP(hostOf(url)) !== 0 && !isAllowed(hostOf(url))) throw forbidden()
      const signal = AbortSignal.timeout(timeoutSeconds * 1000)
      return call(agent, url, { body, headers, signal }).catch((error: unknown) => {
        throw describe(error, signal, timeoutSeconds)
      })
    },
    close: () => agent.destroy(),
  }
}
