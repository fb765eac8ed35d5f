/**
 * Every problem that the gateway answers with, REST and ACME alike: RFC 9457 problem details.
 *
 * ACME types are those registered by RFC 8555 §6.7; REST adds a few below our own name.
 */
import type { Finding } from './finding.js'

export interface ProblemSpec {
  /** URI that names the problem. */
  type: string
  /** HTTP status. */
  status: number
  title: string
}

const acme = 'urn:ietf:params:acme:error:'
const own = 'urn:upki-gateway:problem:'

export const problems = {
  accountDoesNotExist: {
    type: `${acme}accountDoesNotExist`,
    status: 400,
    title: 'The account does not exist',
  },
  alreadyRevoked: { type: `${acme}alreadyRevoked`, status: 400, title: 'The certificate is already revoked' },
  badCSR: { type: `${acme}badCSR`, status: 400, title: 'The CSR is unacceptable' },
  badNonce: { type: `${acme}badNonce`, status: 400, title: 'The nonce was not accepted' },
  badPublicKey: { type: `${acme}badPublicKey`, status: 400, title: 'The public key is not supported' },
  badRevocationReason: {
    type: `${acme}badRevocationReason`,
    status: 400,
    title: 'The reason is not allowed',
  },
  badSignatureAlgorithm: {
    type: `${acme}badSignatureAlgorithm`,
    status: 400,
    title: 'The algorithm is not supported',
  },
  externalAccountRequired: {
    type: `${acme}externalAccountRequired`,
    status: 403,
    title: 'An external account binding is required',
  },
  invalidContact: { type: `${acme}invalidContact`, status: 400, title: 'A contact is invalid' },
  malformed: { type: `${acme}malformed`, status: 400, title: 'The request is malformed' },
  // RFC 8555 §7.4 fixes the status.
  orderNotReady: { type: `${acme}orderNotReady`, status: 403, title: 'The order is not ready' },
  rateLimited: { type: `${acme}rateLimited`, status: 429, title: 'Too many requests' },
  rejectedIdentifier: {
    type: `${acme}rejectedIdentifier`,
    status: 403,
    title: 'An identifier is not allowed',
  },
  serverInternal: { type: `${acme}serverInternal`, status: 500, title: 'The gateway failed' },
  unauthorized: { type: `${acme}unauthorized`, status: 403, title: 'Not allowed' },
  unsupportedContact: {
    type: `${acme}unsupportedContact`,
    status: 400,
    title: 'The contact scheme is not supported',
  },
  unsupportedIdentifier: {
    type: `${acme}unsupportedIdentifier`,
    status: 400,
    title: 'The identifier type is not supported',
  },
  userActionRequired: { type: `${acme}userActionRequired`, status: 403, title: 'A person has to act' },

  badRequest: { type: `${own}badRequest`, status: 400, title: 'The request does not follow the contract' },
  badToken: { type: `${own}badToken`, status: 401, title: 'The bearer token is missing or not valid' },
  missingScope: { type: `${own}missingScope`, status: 403, title: 'The token lacks the scope' },
  notFound: { type: `${own}notFound`, status: 404, title: 'There is nothing here' },
  methodNotAllowed: { type: `${own}methodNotAllowed`, status: 405, title: 'The method is not allowed here' },
  notAcceptable: {
    type: `${own}notAcceptable`,
    status: 406,
    title: 'No representation fits the Accept header',
  },
  conflict: { type: `${own}conflict`, status: 409, title: 'The request conflicts with the present state' },
  tooLarge: { type: `${own}tooLarge`, status: 413, title: 'The request is too large' },
  unsupportedMediaType: {
    type: `${own}unsupportedMediaType`,
    status: 415,
    title: 'The media type is not supported',
  },
  unacceptableApplications: {
    type: `${own}unacceptableApplications`,
    status: 422,
    title: 'Applications have errors',
  },
  idempotencyKeyReused: {
    type: `${own}idempotencyKeyReused`,
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
  },
  unavailable: { type: `${own}unavailable`, status: 503, title: 'The gateway is not ready' },
} as const satisfies Record<string, ProblemSpec>

export type ProblemName = keyof typeof problems

/** RFC 8555 §6.7.1: what is wrong with one identifier of the request. */
export interface Subproblem {
  type: string
  title: string
  detail: string
  identifier?: { type: string; value: string }
}

export interface ProblemOptions {
  subproblems?: readonly Subproblem[]
  findings?: readonly Finding[]
  retryAfterSeconds?: number
  cause?: unknown
}

/** An outcome the caller is meant to see. `detail` says what is wrong and what to do. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  constructor(
    readonly problem: ProblemName,
    readonly detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(`${problem}: ${detail}`, { cause: options.cause })
  }
}
