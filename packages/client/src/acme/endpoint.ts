/** Which addresses the client talks to: one origin, over TLS. */
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/**
 * Checks the address of a directory.
 *
 * @throws Failure (usage) unless it is https, or http on this machine and `allowHttp`.
 */
export function parseDirectoryUrl(text: string, allowHttp: boolean): URL {
  const url = parseUrl(text)
  if (url?.protocol === 'https:' && !url.username && !url.password) return url
  if (url?.protocol === 'http:' && isLoopback(url.hostname) && allowHttp) return url
  const shown = printable(text, 200)
  throw new Failure('usage', {
    en: `--server ${shown} is not a directory URL beginning with https://. Plain http is taken only for this machine itself and with --allow-http.`,
    ja: `--server ${shown} は https:// で始まるディレクトリ URL ではありません。http はこのマシン自身に限り、--allow-http を付けた場合だけ使えます。`,
  })
}

/** RFC 6761 §6.3 and the loopback addresses. */
export const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)

/**
 * Every address a server hands out lies at the origin of its directory: another
 * one could make the client sign requests for, or read from, a third party.
 */
export function checkSameOrigin(address: string, directory: URL): void {
  if (parseUrl(address)?.origin === directory.origin) return
  const shown = printable(address, 200)
  throw new Failure('failed', {
    en: `The server names the address ${shown}, which is not at ${directory.origin}. The client does not follow it; tell the operator of the server.`,
    ja: `サーバが示したアドレス ${shown} は ${directory.origin} にありません。クライアントは従いません。サーバの運用者に知らせてください。`,
  })
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
