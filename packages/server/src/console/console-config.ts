/** How operators sign in to the web console. Source: docs/console.md. */
import { z } from 'zod'

export const httpsOrigin = z
  .string()
  .regex(
    /^https:\/\/[a-z0-9.-]+(:\d{1,5})?$/,
    'must be https://HOST or https://HOST:PORT, without a slash at the end',
  )

const oidc = z.strictObject({
  /** As the sign-in page names it. */
  name: z.string().min(1).max(60),
  issuer: z.url({ protocol: /^https$/ }),
  clientId: z.string().min(1),
  clientSecretFile: z.string(),
  scope: z.string().default('openid email'),
  /** PEM of the CA of the provider's own TLS certificate, where it is not a public one. */
  caFile: z.string().optional(),
})

export const webConsole = z.strictObject({
  /** Where browsers reach the gateway; without it the Host header of the request decides. */
  externalUrl: httpsOrigin.optional(),
  /** PEM of the CAs whose client certificates operators may sign in with; the listener then asks for one. */
  clientCertificates: z.strictObject({ caFile: z.string() }).optional(),
  oidc: oidc.optional(),
  sessionHours: z.number().positive().max(168).default(12),
  idleMinutes: z.number().positive().default(60),
})

export type OidcConfig = z.infer<typeof oidc>
