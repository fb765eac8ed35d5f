import type { Organisation } from '../application/organisation.js'
import type { FieldName } from '../application/application.js'
import type { KindTables } from '../tsv/index.js'
import type { Bilingual } from '../problem/finding.js'

/** What is known besides the applications themselves; whatever is absent is not checked. */
export interface CheckContext {
  organisation?: Organisation
  /** The newest certificate ever issued for a lower-cased CN: valid, expired or revoked. */
  history?: (commonName: string) => { serial: string } | undefined
  /** The newest certificate of a client or S/MIME subject DN, compared as a whole. */
  historyOfDn?: (subjectDn: string) => { serial: string } | undefined
  /** The subject DN of an issued certificate, by decimal serial; undefined when it is not on record. */
  issuedDn?: (serial: string) => string | undefined
  /** True when the certificate of a decimal serial is revoked or has expired. */
  hasEnded?: (serial: string) => boolean
  /** Id of the application that revokes, or revoked, the certificate of a decimal serial. */
  revokedBy?: (serial: string) => string | undefined
  /** True when a key of this identity (csr/key-identity.ts) was seen before. */
  keySeen?: (keyIdentity: string) => boolean
  /** SPKI SHA-256 (hex) of keys that nobody may use. Source: docs/upki-tsv.md, "Blocked keys". */
  blockedKeys?: ReadonlySet<string>
  /** Profile ids that the organisation may use. */
  profiles?: readonly string[]
  /** Tables with what the institution lays over them; default the published ones. */
  tables?: KindTables
  /** Takes kinds whose columns are not published. */
  unpublishedKinds?: boolean
  /** Words that make the authority hold an application; default {@link defaultPhishingWords}. */
  phishingWords?: readonly string[]
}

/** The service's list is secret; these four were named as examples of it. Source: docs/upki-tsv.md, "Column 13: dNSName". */
export const defaultPhishingWords: readonly string[] = ['amazon', 'microsoft', 'mozilla', 'google']

/** Something the gateway decided or filled in, to be shown to the caller. */
export interface Filled {
  row: number
  field: FieldName | 'kind'
  value: string
  why: Bilingual
}
