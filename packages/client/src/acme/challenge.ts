/** Challenges as the client answers them: RFC 8555 §8, RFC 8737. */
import { createHash } from 'node:crypto'

export const challengeTypes = ['http-01', 'dns-01', 'tls-alpn-01'] as const
export type ChallengeType = (typeof challengeTypes)[number]

/** One challenge to meet. */
export interface ChallengeTask {
  /** Name to prove, without `*.` (RFC 8555 §7.1.4). */
  domain: string
  type: ChallengeType
  /** Base64url, checked when it was read. */
  token: string
  /** `token.thumbprint` (§8.1): the content of the file of http-01. */
  keyAuthorization: string
}

/** A way to meet challenges. It shows what the server looks for, and takes it away again. */
export interface Authenticator {
  readonly name: string
  /** What it can do, the preferred first. */
  readonly types: readonly ChallengeType[]
  /** @throws Failure when it cannot show what is wanted */
  perform(tasks: readonly ChallengeTask[]): Promise<void>
  /** Called after `perform` always, also when that failed half way. */
  cleanUp(tasks: readonly ChallengeTask[]): Promise<void>
}

/** SHA-256 of the key authorization: in the TXT record of dns-01 (§8.4) and the certificate of tls-alpn-01. */
export const digestOf = ({ keyAuthorization }: ChallengeTask): Buffer =>
  createHash('sha256').update(keyAuthorization).digest()

export const httpPath = ({ token }: ChallengeTask) => `/.well-known/acme-challenge/${token}`
export const txtName = ({ domain }: ChallengeTask) => `_acme-challenge.${domain}`
export const txtValue = (task: ChallengeTask) => digestOf(task).toString('base64url')
