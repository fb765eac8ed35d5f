/** A real OpenID Connect provider on loopback. Whoever types a name is that person: it is for tests. */
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface TestProvider {
  issuer: string
  /** Knows the gateway from now on. */
  register(client: { id: string; secret: string; redirectUri: string }): void
  close(): Promise<void>
}

const form =
  '<!doctype html><title>sign in</title><form method="post"><input name="login"><button>go</button></form>'

const nameIn = async (request: AsyncIterable<Buffer>): Promise<string> => {
  let body = ''
  for await (const chunk of request) body += chunk.toString()
  return new URLSearchParams(body).get('login') ?? ''
}

function makeProvider(issuer: string, { id, secret, redirectUri }: Parameters<TestProvider['register']>[0]) {
  const provider = new Provider(issuer, {
    clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Whose address begins with `unverified` only says that it is his.
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        email: `${accountId}@example.ac.jp`,
        email_verified: !accountId.startsWith('unverified'),
      }),
    }),
    // Nobody is asked twice what the gateway may know.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })
  return provider
}

/** @param tls of 127.0.0.1 */
export async function startProvider(tls: { key: Buffer; cert: Buffer }): Promise<TestProvider> {
  let provider: Provider | undefined
  const server: Server = createServer(tls, (request, response) => {
    if (!provider) return void response.writeHead(503).end()
    if (!request.url?.startsWith('/interaction/')) return void provider.callback()(request, response)
    if (request.method === 'GET') return void response.setHeader('content-type', 'text/html').end(form)
    const known = provider
    void nameIn(request).then((accountId) =>
      known.interactionFinished(request, response, { login: { accountId } }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    register: (client) => {
      provider = makeProvider(issuer, client)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
