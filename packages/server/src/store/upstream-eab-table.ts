/** Source: migrations/075-upstream-eab.ts. */
import type { Generated } from 'kysely'
import type { NullableTimestamp, Timestamp } from './column-types.js'

export interface UpstreamEabTable {
  application_id: string
  organisation: string
  key_id: string
  /** HMAC key, sealed under `upstreamEabLabel`; null once it was taken. */
  sealed_key: Buffer | null
  /** Directory of the ACME service it is for, when the operator said it. */
  directory_url: string | null
  given_by: string
  given_at: Timestamp
  link_sha256: Buffer
  link_expires_at: Timestamp
  taken_at: NullableTimestamp & Generated<Date | null>
}
