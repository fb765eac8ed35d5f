import type { ApplicationFields } from './application.js'
import type { ApplicationKind } from './kind.js'

/** A kind as callers may name it: `server` is issue or renew, decided from what was issued before. */
export type RequestedKind = ApplicationKind | 'server'

/** An application as it came in, before anything is filled; without a kind it is `server`. */
export interface ApplicationInput {
  kind?: RequestedKind
  fields: ApplicationFields
}
