/** A refusal that the ACME server explained: RFC 8555 §6.7, as `application/problem+json` (RFC 9457). */
import type { Finding } from '@upki-gateway/shared/problem'
import * as z from 'zod/mini'
import { problemSchema } from './schemas.js'

const ACME = 'urn:ietf:params:acme:error:'

/** One part of a problem: about a name, or about a field of the application. */
export interface Subproblem {
  detail?: string
  identifier?: string
  finding?: Finding
}

export class AcmeProblem extends Error {
  override name = 'AcmeProblem'
  /** Registered types without their prefix, such as `badNonce`; others whole. */
  readonly type: string
  readonly detail: string
  readonly subproblems: readonly Subproblem[]

  constructor(
    body: unknown,
    /** HTTP status of the answer; undefined for the error member of an order. */
    readonly status?: number,
    /** As sent by the server, in seconds. */
    readonly retryAfterSeconds?: number,
  ) {
    const { data } = problemSchema.safeParse(body)
    const type = data?.type ?? 'about:blank'
    const detail = data?.detail ?? data?.title ?? ''
    super(`${type} ${detail}`)
    this.type = type.startsWith(ACME) ? type.slice(ACME.length) : type
    this.detail = detail
    this.subproblems = (data?.subproblems ?? []).map(toSubproblem)
  }

  /** Whether the same request may succeed later without any change. */
  get isTransient(): boolean {
    return this.type === 'rateLimited' || this.status === 429 || (this.status ?? 0) >= 500
  }
}

const bilingual = z.object({ ja: z.string(), en: z.string() })
const findingSchema = z.looseObject({
  code: z.string(),
  grade: z.enum(['error', 'warning', 'notice']),
  row: z.number(),
  field: z.optional(z.string()),
  column: z.optional(z.number()),
  columnName: z.optional(bilingual),
  upstreamCode: z.optional(z.string()),
  value: z.optional(z.string()),
  message: bilingual,
  remedy: bilingual,
})
const subproblemSchema = z.object({
  detail: z.optional(z.string()),
  identifier: z.optional(z.object({ value: z.string() })),
})

function toSubproblem(value: Record<string, unknown>): Subproblem {
  const { data } = subproblemSchema.safeParse(value)
  const finding = findingSchema.safeParse(value.finding)
  return {
    detail: data?.detail,
    identifier: data?.identifier?.value,
    // The members that the client shows were just checked; the others it never reads.
    finding: finding.success ? (finding.data as unknown as Finding) : undefined,
  }
}
