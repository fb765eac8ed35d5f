/**
 * Fills what follows from the organisation, the CSR and the history: subject DN, FQDN, profile, names,
 * issue or renew, serial. A given value is never changed, and everything filled is reported.
 *
 * Source: docs/upki-tsv.md, "Issue or renew".
 */
import type { Application, ApplicationFields, FieldName } from '../application/application.js'
import type { ApplicationInput } from '../application/input.js'
import type { Organisation } from '../application/organisation.js'
import { CsrError, parseCsr } from '../csr/index.js'
import type { Csr } from '../csr/index.js'
import { commonNameOf, renderDn } from '../dn/index.js'
import { readDnsNamesLeniently, renderDnsNames, withFqdn } from '../identifier/index.js'
import type { Bilingual } from '../problem/finding.js'
import type { CheckContext, Filled } from './context.js'
import { profileOfKey } from './profiles.js'

export interface Completed {
  applications: Application[]
  filled: Filled[]
}

/** Completes applications for server certificates; other kinds come back as they are. Rows count from 1. */
export function completeApplications(inputs: readonly ApplicationInput[], context: CheckContext): Completed {
  const drafts = inputs.map((input, index) => new Draft(input, index + 1, context))
  return {
    applications: drafts.map((draft) => draft.complete()),
    filled: drafts.flatMap((draft) => draft.filled),
  }
}

const why = {
  organisation: { ja: '機関の登録値から', en: "from the organisation's registered values" },
  csr: { ja: 'CSRから', en: 'from the CSR' },
  commonName: { ja: '主体者DNのCNから', en: 'from the CN of the subject DN' },
  key: { ja: 'CSRの鍵の種類から', en: 'from the kind of key in the CSR' },
  known: { ja: 'このCNの証明書は発行済みのため', en: 'a certificate for this CN was issued before' },
  unknown: { ja: 'このCNの発行記録がないため', en: 'no certificate for this CN is on record' },
} as const satisfies Record<string, Bilingual>

class Draft {
  readonly filled: Filled[] = []
  readonly #fields: ApplicationFields
  #read: { csr: Csr | undefined } | undefined

  constructor(
    readonly input: ApplicationInput,
    readonly row: number,
    readonly context: CheckContext,
  ) {
    this.#fields = withoutEmpty(input.fields)
  }

  /** Read when something has to be filled from it: what is given whole costs nothing here. */
  get #csr(): Csr | undefined {
    return (this.#read ??= { csr: readCsr(this.#fields.csr) }).csr
  }

  complete(): Application {
    const { kind = 'server' } = this.input
    if (kind !== 'server' && kind !== 'server-issue' && kind !== 'server-renew')
      return { kind, fields: this.#fields }
    if (this.#fields.subjectDn === undefined) this.#fillDn()
    this.#fillNames()
    if (this.#fields.profileId === undefined)
      this.#fill('profileId', this.#csr && profileOfKey(this.#csr.keyType), why.key)
    return { kind: this.#decideKind(kind), fields: this.#fields }
  }

  #fillDn(): void {
    const { organisation } = this.context
    if (!organisation) return this.#fill('subjectDn', this.#csr?.subjectDn || undefined, why.csr)
    const name = this.#fields.fqdn ?? this.#firstName()
    this.#fill('subjectDn', name && registeredDn(name, organisation), why.organisation)
  }

  #firstName(): string | undefined {
    const [first] = readDnsNamesLeniently(this.#fields.dnsNames ?? '')
    return first ?? this.#csr?.subject.find(({ name }) => name === 'CN')?.value ?? this.#csr?.dnsNames[0]
  }

  #fillNames(): void {
    const commonName = this.#commonName()
    this.#fill('fqdn', commonName, why.commonName)
    if (this.#fields.dnsNames !== undefined) return
    const asked = this.#csr?.dnsNames ?? []
    if (asked.length > 0) this.#fill('dnsNames', renderDnsNames(withFqdn(asked, commonName ?? '')), why.csr)
    else this.#fill('dnsNames', commonName && renderDnsNames([commonName]), why.commonName)
  }

  #commonName = (): string | undefined => commonNameOf(this.#fields.subjectDn ?? '')

  #decideKind(kind: 'server' | 'server-issue' | 'server-renew'): Application['kind'] {
    const newest = this.context.history?.((this.#commonName() ?? '').toLowerCase())
    const decided = kind === 'server' ? (newest ? 'server-renew' : 'server-issue') : kind
    if (kind === 'server')
      this.filled.push({
        row: this.row,
        field: 'kind',
        value: decided,
        why: newest ? why.known : why.unknown,
      })
    if (decided === 'server-renew') this.#fill('serial', newest?.serial, why.known)
    return decided
  }

  #fill(field: FieldName, value: string | undefined, reason: Bilingual): void {
    if (this.#fields[field] !== undefined || value === undefined || value === '') return
    this.#fields[field] = value
    this.filled.push({ row: this.row, field, value, why: reason })
  }
}

function withoutEmpty(fields: ApplicationFields): ApplicationFields {
  const filled: ApplicationFields = {}
  for (const field of Object.keys(fields) as FieldName[]) if (fields[field]) filled[field] = fields[field]
  return filled
}

function readCsr(text: string | undefined): Csr | undefined {
  if (text === undefined) return undefined
  try {
    return parseCsr(text)
  } catch (error) {
    // The check says what is wrong with it; here it only means that nothing can be filled from it.
    if (error instanceof CsrError) return undefined
    throw error
  }
}

const registeredDn = (commonName: string, organisation: Organisation): string =>
  renderDn([
    { name: 'CN', value: commonName },
    { name: 'O', value: organisation.organizationName },
    { name: 'L', value: organisation.locality },
    { name: 'ST', value: organisation.stateOrProvince },
    { name: 'C', value: organisation.country },
  ])
