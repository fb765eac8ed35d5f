/** A proxy as institutions have them: it carries TLS by CONNECT (RFC 9110 §9.3.6), to one place whatever is asked for, and can ask who it is. */
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ConnectProxy {
  port: number
  /** What it was asked to connect to, host:port, in order. */
  asked: string[]
  stop(): Promise<void>
}

/** @param credential `name:password` that it asks for; without one it asks for none */
export async function startConnectProxy(
  to: { host: string; port: number },
  credential?: string,
): Promise<ConnectProxy> {
  const asked: string[] = []
  const wanted = credential && `Basic ${Buffer.from(credential).toString('base64')}`
  const sockets = new Set<Socket>()
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    if (wanted && request.headers['proxy-authorization'] !== wanted)
      return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n')
    asked.push(request.url ?? '')
    const upstream = connect(to, () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
    }
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
