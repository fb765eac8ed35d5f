/** Fetches a challenge file as a server does: RFC 8555 §8.3, with redirects, little patience and a small answer. */
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { IncomingMessage } from 'node:http'

export interface Wanted {
  domain: string
  path: string
  address: string
  port: number
  signal: AbortSignal
}

export type Fetched = { status: number; body: string } | { error: string }

const timeoutMs = 10_000
const maxBytes = 4096
const maxRedirects = 10

export async function fetchChallenge({ domain, path, address, port, signal }: Wanted): Promise<Fetched> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  let url = `http://${domain}:${port}${path}`
  // The first request goes to the address that was looked up; redirects go where they say.
  let host: string | undefined = address
  try {
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const answer = await get(url, host, deadline)
      if (!('location' in answer)) return answer
      url = new URL(answer.location, url).href
      if (new URL(url).hostname !== domain) host = undefined
    }
    return { error: 'too many redirects' }
  } catch (error) {
    signal.throwIfAborted()
    return { error: deadline.aborted ? 'no answer in 10 s' : (error as Error).message || 'no connection' }
  }
}

type Answer = { status: number; body: string } | { location: string }

function get(url: string, address: string | undefined, signal: AbortSignal): Promise<Answer> {
  const { protocol, hostname, port, pathname, search, host } = new URL(url)
  const send = protocol === 'https:' ? overHttps : overHttp
  return new Promise((resolve, reject) => {
    const options = {
      host: address ?? hostname.replace(/^\[|\]$/g, ''),
      port: port || (protocol === 'https:' ? 443 : 80),
      path: pathname + search,
      headers: { host: host.replace(/:\d+$/, '') },
      servername: hostname,
      // Servers do not look at the certificate either (RFC 8555 §8.3 allows redirects to https only for this).
      rejectUnauthorized: false,
      signal,
      agent: false,
    } as const
    const outgoing = send(options, (incoming) => void readAnswer(incoming).then(resolve, reject))
    outgoing.on('error', reject).end()
  })
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const { statusCode = 0, headers } = incoming
  if ([301, 302, 303, 307, 308].includes(statusCode) && headers.location) {
    incoming.destroy()
    return { location: headers.location }
  }
  let body = ''
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    body += chunk.toString('latin1')
    if (body.length > maxBytes) break
  }
  return { status: statusCode, body }
}
