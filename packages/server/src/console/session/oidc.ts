/**
 * Sign-in with OpenID Connect: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1).
 *
 * The account is that of the operator with this issuer and subject; else of the one operator
 * with this verified address and no account yet, who has it from then on.
 */
import { readFile } from 'node:fs/promises'
import * as client from 'openid-client'
import { Agent, fetch as undiciFetch } from 'undici'
import { z } from 'zod'
import type { OidcConfig } from '../console-config.js'
import type { Environment } from '../../issuance/ports/environment.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import { findOperatorByEmail, findOperatorBySubject } from '../../store/operator-sign-in.js'
import { updateOperator } from '../../store/operators.js'
import type { OperatorRow } from '../../store/tables.js'
import { type OpenedSession, openSession } from './sessions.js'

const LABEL = 'oidc sign-in'
export const SIGN_IN_MS = 600_000

const pending = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  redirectUri: z.url(),
  expiresAt: z.number(),
})

export interface OidcStart {
  /** Where the browser goes. */
  url: URL
  /** Sealed, for the cookie that comes back with it. */
  cookie: string
}

export interface OidcProvider {
  start(redirectUri: string): Promise<OidcStart>
  /** @returns undefined when the account is no operator's. @throws when the provider's answer is not right */
  finish(query: string, cookie: string): Promise<OpenedSession | undefined>
}

/** A provider inside the university may have a certificate of its CA. */
async function fetchWith(caFile: string): Promise<client.CustomFetch> {
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile) } })
  return async (url, options) => {
    const answer = await undiciFetch(url, { ...(options as object), dispatcher })
    return new Response(await answer.text(), {
      status: answer.status,
      headers: [...answer.headers],
    })
  }
}

async function discover({
  issuer,
  clientId,
  clientSecretFile,
  caFile,
}: OidcConfig): Promise<client.Configuration> {
  const secret = (await readFile(clientSecretFile, 'utf8')).trim()
  const options = caFile === undefined ? {} : { [client.customFetch]: await fetchWith(caFile) }
  return client.discovery(new URL(issuer), clientId, secret, undefined, options)
}

/** The provider may be down when the gateway starts: it is asked at the first sign-in, and again after a failure. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () =>
    (kept ??= work().catch((error: unknown) => {
      kept = undefined
      throw error
    }))
}

interface Account {
  issuer: string
  subject: string
  email?: string
}

async function linkAccount(
  env: Environment,
  trx: Transaction,
  { issuer, subject, email }: Account,
): Promise<OperatorRow | undefined> {
  const operator = email === undefined ? undefined : await findOperatorByEmail(trx, email)
  if (!operator || operator.oidc_subject !== null) return undefined
  const now = env.now()
  await updateOperator(trx, operator.id, { oidc_issuer: issuer, oidc_subject: subject, updated_at: now })
  await appendAudit(trx, [
    {
      at: now,
      actor: `operator:${operator.id}`,
      action: 'operator.link',
      subject: operator.id,
      detail: { issuer },
    },
  ])
  return operator
}

async function signIn(env: Environment, account: Account): Promise<OpenedSession | undefined> {
  return env.db.transaction().execute(async (trx) => {
    const operator = (await findOperatorBySubject(trx, account)) ?? (await linkAccount(env, trx, account))
    return operator && openSession(env, trx, operator.id, 'oidc')
  })
}

/**
 * A provider may put the address into the ID token, or give it only to whoever asks with the
 * access token (OpenID Connect Core §5.4: in the code flow that is what it has to do).
 */
async function claimsOf(
  config: client.Configuration,
  tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
): Promise<client.IDToken> {
  const claims = tokens.claims()
  if (!claims) throw new Error('The provider gave no ID token')
  if (claims.email !== undefined || config.serverMetadata().userinfo_endpoint === undefined) return claims
  return { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims }
}

/** An address that the provider did not verify is only what somebody typed. */
function accountOf(claims: client.IDToken): Account {
  const { iss, sub, email, email_verified: isVerified } = claims
  return {
    issuer: iss,
    subject: sub,
    ...(isVerified === true && typeof email === 'string' && { email }),
  }
}

export function makeOidc(env: Environment, config: OidcConfig): OidcProvider {
  const configuration = once(() => discover(config))
  return {
    async start(redirectUri) {
      const [state, nonce, codeVerifier] = [
        client.randomState(),
        client.randomNonce(),
        client.randomPKCECodeVerifier(),
      ]
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: config.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      })
      const expiresAt = env.now().getTime() + SIGN_IN_MS
      const text = JSON.stringify({ state, nonce, codeVerifier, redirectUri, expiresAt })
      return { url, cookie: env.vault.seal(Buffer.from(text), LABEL).toString('base64url') }
    },
    async finish(query, cookie) {
      const begun = pending.parse(
        JSON.parse(env.vault.open(Buffer.from(cookie, 'base64url'), LABEL).toString()),
      )
      if (begun.expiresAt <= env.now().getTime()) throw new Error('The sign-in took too long')
      const provider = await configuration()
      const tokens = await client.authorizationCodeGrant(provider, new URL(`${begun.redirectUri}${query}`), {
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        pkceCodeVerifier: begun.codeVerifier,
        idTokenExpected: true,
      })
      return signIn(env, accountOf(await claimsOf(provider, tokens)))
    },
  }
}
