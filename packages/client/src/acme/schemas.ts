/**
 * The RFC 8555 objects a server sends, as far as the client reads them. Whatever
 * does not fit is refused before anything looks at it; members not named here
 * are ignored (RFC 8555 §7.1).
 */
import * as z from 'zod/mini'

const text = z.string().check(z.maxLength(2000))
const shortText = z.string().check(z.maxLength(255))
const url = z.string().check(z.maxLength(2000), z.url())

export const directorySchema = z.object({
  newNonce: url,
  newAccount: url,
  newOrder: url,
  revokeCert: z.optional(url),
  keyChange: z.optional(url),
  meta: z.optional(
    z.object({
      termsOfService: z.optional(url),
      /** CAs that CAA records may name: RFC 8555 §9.7.6. */
      caaIdentities: z.optional(z.array(shortText).check(z.maxLength(50))),
      externalAccountRequired: z.optional(z.boolean()),
      /** ACME profiles: name to description. */
      profiles: z.optional(z.record(shortText, text)),
      /** Present on a UPKI gateway: orders carry what the issuance system wants. */
      upki: z.optional(z.object({ version: z.number() })),
    }),
  ),
})
export type Directory = z.infer<typeof directorySchema>

const identifierSchema = z.object({ type: shortText, value: shortText })

export const problemSchema = z.object({
  type: z.optional(text),
  title: z.optional(text),
  detail: z.optional(z.string().check(z.maxLength(20_000))),
  subproblems: z.optional(z.array(z.looseObject({})).check(z.maxLength(1000))),
})

export const accountSchema = z.object({
  status: z.enum(['valid', 'deactivated', 'revoked']),
  contact: z.optional(z.array(shortText).check(z.maxLength(100))),
})

/** The five attributes of a UPKI subject, all of them and no other. */
const subjectSchema = z.object({
  C: shortText,
  ST: shortText,
  L: shortText,
  O: shortText,
  CN: shortText,
})
export type Subject = z.infer<typeof subjectSchema>

/** What the issuance system wants, and where the application stands. Source: docs/acme-divergences.md. */
const upkiOrderSchema = z.object({
  profileId: shortText,
  keyType: z.enum(['rsa2048', 'p384']),
  subject: subjectSchema,
  state: z.optional(shortText),
  detail: z.optional(text),
  /** Where a client tells that it saw the certificate in use. */
  confirmInstalled: z.optional(url),
})

export const orderSchema = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  identifiers: z.array(identifierSchema).check(z.minLength(1), z.maxLength(1000)),
  authorizations: z.array(url).check(z.maxLength(1000)),
  finalize: url,
  certificate: z.optional(url),
  error: z.optional(problemSchema),
  upki: z.optional(upkiOrderSchema),
})
export type Order = z.infer<typeof orderSchema>

export const challengeSchema = z.object({
  type: shortText,
  url,
  status: z.optional(shortText),
  /** It becomes a file name and part of a shell variable: Base64url only (RFC 8555 §8.1). */
  token: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,255}$/))),
  error: z.optional(problemSchema),
})

export const authorizationSchema = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: identifierSchema,
  challenges: z._default(z.array(challengeSchema).check(z.maxLength(20)), []),
})
export type Authorization = z.infer<typeof authorizationSchema>
