/** The tables of the ACME face, beside those in tables.ts. Source: migrations/. */
import type { JWK } from 'jose'
import type { Generated, Selectable } from 'kysely'
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { ProblemName } from '../problem/problems.js'
import type { Json, Nullable, NullableJson, NullableTimestamp, Timestamp } from './column-types.js'

interface EabCredentialsTable {
  kid: string
  organisation: string
  approval_id: string
  /** HMAC key, sealed under the gateway's key with the label `eab:<kid>`. */
  sealed_key: Buffer
  reusable: boolean
  /** First use; with a credential that is not reusable, the only one. */
  used_at: NullableTimestamp
  expires_at: NullableTimestamp
  revoked_at: NullableTimestamp
  created_by: string
  created_at: Timestamp
}

interface AcmeAccountsTable {
  id: string
  /** Null: registered without an EAB credential, and nothing ordered yet. */
  organisation: string | null
  approval_id: string | null
  eab_kid: string | null
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: string
  /** Identity of the key: packages/shared/src/csr/key-identity.ts. */
  spki_sha256: string
  /** Public members only. */
  jwk: Json<JWK>
  status: AccountStatus
  contact: string[]
  /** Where it was registered from. */
  address: Nullable<string>
  terms_agreed_at: NullableTimestamp
  created_at: Timestamp
  updated_at: Timestamp
}

interface AcmeAuthorizationsTable {
  id: string
  account_id: string
  name: string
  status: AuthorizationStatus
  basis: AuthorizationBasis
  expires_at: Timestamp
  created_at: Timestamp
}

interface AcmeOrdersTable {
  id: string
  account_id: string
  organisation: string
  /** In lower case, in the order asked for; the first is the CN unless the CSR has another of them. */
  names: string[]
  /** What makes two requests for an order the same: profile and sorted names, a blank after each. */
  request_key: string
  /** As asked for; null when the key of the CSR decides. */
  profile: string | null
  software: string
  authorization_ids: string[]
  stage: OrderStage
  /** While true, newOrder for the same names gives this order; cleared when it is found ended. */
  is_open: Generated<boolean>
  application_id: string | null
  csr_sha256: string | null
  /** Why it ended before it was finalized. */
  error: NullableJson<OrderError>
  /** `replaces` of newOrder as it came (RFC 9773 §5). */
  replaces: string | null
  /** Of the certificate that it names, in decimal, when that is one of the account's with one of the names. */
  replaces_serial: string | null
  expires_at: Timestamp
  created_at: Timestamp
}

interface CertificateReissuesTable {
  serial: string
  organisation: string
  replace_by: Timestamp
  explanation_url: string | null
  marked_by: string
  marked_at: Timestamp
}

interface AcmeChallengesTable {
  id: string
  authorization_id: string
  account_id: string
  type: ChallengeType
  token: string
  status: ChallengeStatus
  /** Of the last attempt. */
  error: NullableJson<OrderError>
  attempts: Generated<number>
  /** While processing: when it is to be validated; taken ones are moved on for a while. */
  due_at: NullableTimestamp
  validated_at: NullableTimestamp
  failed_at: NullableTimestamp
}

/** RFC 8555 §8.3, §8.4; RFC 8737. */
export const challengeTypes = ['http-01', 'dns-01', 'tls-alpn-01'] as const
export type ChallengeType = (typeof challengeTypes)[number]
/** RFC 8555 §7.1.6. */
export type ChallengeStatus = 'pending' | 'processing' | 'valid' | 'invalid'
/** RFC 8555 §7.1.2. */
export type AccountStatus = 'valid' | 'deactivated' | 'revoked'
/** RFC 8555 §7.1.4; `expired` is stored only once another takes the place. */
export type AuthorizationStatus = 'pending' | 'valid' | 'invalid' | 'deactivated' | 'revoked' | 'expired'
/**
 * Why a name is authorized: the approval that the account carries; a challenge that was met; or only that an account
 * without an approval applies, which lets it finalize an order that then waits for an operator.
 */
export type AuthorizationBasis = 'approval' | 'challenge' | 'application'
/** From `finalized` on, the application tells how the order stands. */
export type OrderStage = 'pending' | 'ready' | 'finalized'
/** A problem as it is kept: rendered in the language of whoever reads it. */
export interface OrderError {
  problem: ProblemName
  detail: Bilingual
}

export interface AcmeTables {
  eab_credentials: EabCredentialsTable
  acme_accounts: AcmeAccountsTable
  acme_authorizations: AcmeAuthorizationsTable
  acme_challenges: AcmeChallengesTable
  acme_orders: AcmeOrdersTable
  certificate_reissues: CertificateReissuesTable
  acme_used_nonces: { nonce: Buffer }
  /** `externalAccountBinding` as it was sent. */
  acme_bindings: { account_id: string; binding: Json<unknown> }
  acme_nonce_horizon: { only_row: Generated<boolean>; before: Buffer }
}

export type EabCredentialRow = Selectable<EabCredentialsTable>
export type AccountRow = Selectable<AcmeAccountsTable>
export type AuthorizationRow = Selectable<AcmeAuthorizationsTable>
export type ChallengeRow = Selectable<AcmeChallengesTable>
export type ReissueRow = Selectable<CertificateReissuesTable>
export type OrderRow = Selectable<AcmeOrdersTable>
