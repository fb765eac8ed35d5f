import type { CommonOptions } from '../command-spec.js'
import type { InputOptions } from './read-input.js'

/** What `tsv build` is given. */
export interface BuildOptions extends CommonOptions, InputOptions {
  operands: string[]
  output?: string
  subscriberName?: string
  subscriberDepartment?: string
  subscriberEmail?: string
  software?: string
  report?: string
  revoke?: string
  renew?: boolean
  comment?: string
  issuer?: string
  since?: string
  until?: string
  /** Several, apart by commas or blanks. */
  serial?: string
  dn?: string
}
