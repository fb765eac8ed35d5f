/**
 * The standalone authenticator: a web server of its own while it lasts, on IPv4
 * and IPv6, for machines where nothing else listens on port 80 (http-01) or 443
 * (tls-alpn-01, RFC 8737).
 */
import type { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'
import { httpPath, type Authenticator, type ChallengeTask } from '../acme/challenge.js'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

export interface StandaloneOptions {
  httpPort: number
  tlsPort: number
  /** Absent: every address of the machine. */
  address?: string
}

export class StandaloneAuthenticator implements Authenticator {
  readonly name = 'standalone'
  readonly types = ['http-01', 'tls-alpn-01'] as const
  private readonly servers: Server[] = []

  constructor(private readonly options: StandaloneOptions) {}

  async perform(tasks: readonly ChallengeTask[]): Promise<void> {
    const { httpPort, tlsPort } = this.options
    const http = tasks.filter(({ type }) => type === 'http-01')
    const tls = tasks.filter(({ type }) => type === 'tls-alpn-01')
    if (http.length > 0) await this.listen(await serveFiles(http), httpPort, '--http-01-port')
    if (tls.length === 0) return
    const { serveCertificates } = await import('./tls-alpn.js')
    await this.listen(await serveCertificates(tls), tlsPort, '--tls-alpn-01-port')
  }

  async cleanUp(): Promise<void> {
    const stopped = this.servers.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          ;(server as Partial<HttpServer>).closeAllConnections?.()
        }),
    )
    await Promise.all(stopped)
  }

  /** Without an address Node.js takes `::`, which answers for IPv4 too, or 0.0.0.0 where there is no IPv6. */
  private async listen(server: Server, port: number, option: string): Promise<void> {
    const { address } = this.options
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(port, option, error)))
      server.listen({ port, ...(address ? { host: address } : {}) }, resolve)
    })
    this.servers.push(server)
  }
}

async function serveFiles(tasks: readonly ChallengeTask[]): Promise<Server> {
  const { createServer } = await import('node:http')
  const files = new Map(tasks.map((task) => [httpPath(task), task.keyAuthorization]))
  return createServer((request, response) => {
    const content = files.get(request.url ?? '')
    response.writeHead(content ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' })
    response.end(content ?? 'not found\n')
  })
}

const cannotListen = (port: number, option: string, error: NodeJS.ErrnoException) => {
  const reason = {
    EADDRINUSE: {
      en: 'another program listens there. Stop it meanwhile (--pre-hook, --post-hook), use --webroot with it,',
      ja: '別のプログラムが使用中です。その間だけ止める (--pre-hook, --post-hook)、--webroot を使う、',
    },
    EACCES: { en: 'that needs root. Run as root,', ja: 'root 権限が必要です。root で実行する、' },
  }[error.code ?? ''] ?? {
    en: `${printable(error.message, 200)}. Check --http-01-address,`,
    ja: `${printable(error.message, 200)}。--http-01-address を確かめる、`,
  }
  return new Failure(
    'failed',
    {
      en: `Port ${port} cannot be used: ${reason.en} or choose another by ${option} if port ${port === 443 ? 443 : 80} is forwarded there.`,
      ja: `ポート ${port} を使えません: ${reason.ja}または転送されている別のポートを ${option} で指定してください。`,
    },
    { cause: error },
  )
}
