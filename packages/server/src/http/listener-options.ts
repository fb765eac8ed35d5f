import { constants } from 'node:crypto'
import type { ServerOptions } from 'node:https'

/** What the listener does about those who are slow, or play with TLS. A body may take the five minutes of Node.js. */
export const listenerOptions = {
  minVersion: 'TLSv1.2',
  // Nothing here needs renegotiation, and it costs the server many times what it costs the client; TLS 1.3 has none.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  // How often the time of headers is looked at.
  connectionsCheckingInterval: 2_000,
} as const satisfies ServerOptions
