/** `--check`: where a certificate is looked for by TLS. */
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'
import type { Endpoint } from './contract.js'

/** `mail.example.ac.jp:993`, `[::1]:636`, `993`. @throws Failure (usage) */
export function readEndpoint(text: string, names: readonly string[]): Endpoint {
  const [, host, port] = /^(?:(\[[^\]]+\]|[^:]+):)?(\d{1,5})$/.exec(text) ?? []
  if (!port || Number(port) < 1 || Number(port) > 65_535) throw badCheck(text)
  return {
    host: host?.replace(/^\[|\]$/g, '') ?? '127.0.0.1',
    port: Number(port),
    name: (names[0] ?? '').replace(/^\*\./, 'upki-client-check.'),
  }
}

const badCheck = (text: string) =>
  new Failure('usage', {
    en: `--check ${printable(text, 80)} is not HOST:PORT, with a port from 1 to 65535.`,
    ja: `--check ${printable(text, 80)} は HOST:PORT (ポートは 1 から 65535) の形ではありません。`,
  })
