import type { Organisation } from '../application/organisation.js'
import type { FieldName } from '../application/application.js'
import type { Bilingual } from '../problem/finding.js'

/** What is known besides the applications themselves; whatever is absent is not checked. */
export interface CheckContext {
  organisation?: Organisation
  /** The newest certificate ever issued for a lower-cased CN: valid, expired or revoked. */
  history?: (commonName: string) => { serial: string } | undefined
  /** True when a key with this SPKI SHA-256 (hex) was seen before. */
  keySeen?: (spkiSha256: string) => boolean
  /** Profile ids that the organisation may use. */
  profiles?: readonly string[]
  /** Words that make the authority hold an application; default {@link defaultPhishingWords}. */
  phishingWords?: readonly string[]
}

/** The service's list is secret; these four were named as examples of it. Source: docs/upki-tsv.md, "dNSName". */
export const defaultPhishingWords: readonly string[] = ['amazon', 'microsoft', 'mozilla', 'google']

/** Something the gateway decided or filled in, to be shown to the caller. */
export interface Filled {
  row: number
  field: FieldName | 'kind'
  value: string
  why: Bilingual
}
