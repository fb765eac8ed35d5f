/**
 * The TLS twin of a plain VirtualHost: its text once more, at the TLS port, with
 * the certificate on top. Pure.
 *
 * Left out of the copy: redirects to https, which would lead to themselves, and
 * WSGIDaemonProcess, whose names must be unique (the twin shares the process).
 */
import { lineBreak, toBytes } from '../bytes.js'
import type { Deployment } from '../contract.js'
import type { VirtualHost } from './hosts.js'

export const quote = (path: string) => `"${path.replace(/["\\]/g, '\\$&')}"`

/** @returns the text to put behind the host, beginning with a line break */
export function renderTwin(
  host: VirtualHost,
  deployment: Deployment,
  settings: string,
  needsListen: boolean,
): string {
  const { text, open, close, addresses } = host
  const newline = lineBreak(text)
  const indent = /[ \t]*$/.exec(text.slice(0, open.start))?.[0] ?? ''
  const body = text.slice(open.end, close.start)
  const tlsAddresses = [
    ...new Set(addresses.map((address) => address.replace(/:[^:\]]*$/, `:${deployment.httpsPort}`))),
  ]
  const added = [
    `Include ${quote(settings)}`,
    `SSLCertificateFile ${quote(deployment.live.fullchain)}`,
    `SSLCertificateKeyFile ${quote(deployment.live.privkey)}`,
    ...(deployment.hsts ? ['Header always set Strict-Transport-Security "max-age=31536000"'] : []),
  ]
  return (
    [
      '',
      '',
      `${indent}# Managed by upki-client: the TLS twin of the VirtualHost above.`,
      ...(needsListen ? [`${indent}Listen ${deployment.httpsPort}`] : []),
      `${indent}<VirtualHost ${tlsAddresses.join(' ')}>`,
      ...added.map((line) => `${indent}    ${toBytes(line)}`),
    ].join(newline) +
    leaveOut(body) +
    '</VirtualHost>'
  )
}

const redirect =
  /^\s*(?:Redirect(?:Permanent|Temp|Match)?\s+.*https:\/\/|RewriteRule\s+.*\shttps:\/\/%\{(?:SERVER_NAME|HTTP_HOST)\})/i

function leaveOut(body: string): string {
  const lines = body.split('\n')
  const dropped = new Set<number>()
  lines.forEach((line, index) => {
    if (/^\s*WSGIDaemonProcess\s/i.test(line)) dropped.add(index)
    if (!redirect.test(line)) return
    dropped.add(index)
    // Conditions belong to the rule below them.
    for (let above = index - 1; /^\s*RewriteCond\s/i.test(lines[above] ?? ''); above--) dropped.add(above)
  })
  return lines.map((line, index) => (dropped.has(index) ? `#${line}` : line)).join('\n')
}
