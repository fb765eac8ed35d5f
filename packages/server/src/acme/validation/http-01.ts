/**
 * http-01 (RFC 8555 §8.3): the key authorization at a fixed place on port 80.
 *
 * Redirects are followed to ports 80 and 443 of public hosts, ten at most; each one is
 * resolved and checked anew. Time and size are bounded, and nothing that came is shown.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { ValidationFault } from './fault.js'
import { chooseAddress, type Proof, type Vantage } from './vantage.js'

const MAX_REDIRECTS = 10
const TOTAL_MS = 10_000
/** A key authorization has 87 characters; the rest is white space. */
const MAX_BODY = 128
const MAX_HEADERS = 8192

const redirects = [301, 302, 303, 307, 308]

const connection = (message: string, cause?: unknown): ValidationFault =>
  new ValidationFault('connection', message, { cause })

const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80))

function checkTarget(url: URL, { httpPort, tlsPort }: Vantage): void {
  const allowed = [80, 443, httpPort, tlsPort]
  if (!['http:', 'https:'].includes(url.protocol)) throw connection('A redirect leads to another protocol')
  if (url.username || url.password) throw connection('A redirect has a user name or password')
  if (!allowed.includes(portOf(url))) throw connection('A redirect leads to another port than 80 or 443')
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) throw connection('A redirect leads to an IP address')
}

/** @param address already checked: the host name is not resolved again */
function get(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port: portOf(url),
      path: url.pathname + url.search,
      headers: { host: url.host, 'user-agent': 'UPKI gateway (ACME validation)', accept: '*/*' },
      maxHeaderSize: MAX_HEADERS,
      agent: false as const,
      signal,
    }
    // RFC 8555 §8.3: a certificate is what is asked for, so one that holds cannot be demanded.
    const sent = secure
      ? requestHttps({ ...options, servername: url.hostname, rejectUnauthorized: false })
      : requestHttp(options)
    sent.on('response', resolve).on('error', reject).end()
  })
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY)
      throw new ValidationFault('unauthorized', `The answer has more than ${MAX_BODY} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}

function nextUrl(response: IncomingMessage, from: URL): URL {
  const location = response.headers.location
  if (location === undefined) throw connection('A redirect has no Location')
  if (!URL.canParse(location, from.href)) throw connection('The Location of a redirect is no URL')
  return new URL(location, from)
}

async function follow(vantage: Vantage, start: URL, signal: AbortSignal): Promise<string> {
  let url = start
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    checkTarget(url, vantage)
    const response = await get(url, await chooseAddress(vantage, url.hostname), signal)
    try {
      const { statusCode = 0 } = response
      if (statusCode === 200) return await readBody(response)
      if (!redirects.includes(statusCode))
        throw new ValidationFault('unauthorized', `The answer has the status ${statusCode} instead of 200`)
      url = nextUrl(response, url)
    } finally {
      response.destroy()
    }
  }
  throw connection(`More than ${MAX_REDIRECTS} redirects`)
}

interface Peer {
  address: string
  port: number
}

/** Where it was refused too: whoever reads it may have another address in mind. */
function reasonOf(error: unknown): string {
  const { code = 'fault of its HTTP', address, port } = error as NodeJS.ErrnoException & Partial<Peer>
  return address === undefined ? code : `${code} at ${address} port ${port}`
}

const toFault = (error: unknown, signal: AbortSignal): ValidationFault => {
  if (error instanceof ValidationFault) return error
  const reason = signal.aborted ? `no whole answer in ${TOTAL_MS / 1000} s` : reasonOf(error)
  return connection(`The server could not be asked (${reason})`, error)
}

/** @throws ValidationFault */
export async function validateHttp01(
  vantage: Vantage,
  { name, token, keyAuthorization }: Proof,
): Promise<void> {
  const { httpPort } = vantage
  const authority = httpPort === 80 ? name : `${name}:${httpPort}`
  const url = new URL(`http://${authority}/.well-known/acme-challenge/${token}`)
  const signal = AbortSignal.timeout(TOTAL_MS)
  const body = await follow(vantage, url, signal).catch((error: unknown) => {
    throw toFault(error, signal)
  })
  // An answer without a length looks whole when it is cut off.
  if (signal.aborted) throw toFault(undefined, signal)
  // RFC 8555 §8.3: white space at the end is ignored.
  if (body.trimEnd() === keyAuthorization) return
  throw new ValidationFault('unauthorized', 'The answer is not the key authorization of this account')
}
