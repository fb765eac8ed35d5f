/** One row under check: its values, what is parsed of them once, and what is found. */
import type { Application, ApplicationFields, FieldName } from '../application/application.js'
import { applicationKinds, familyOf } from '../application/kind.js'
import type { ApplicationKind, KindFamily } from '../application/kind.js'
import { CsrError, parseCsr } from '../csr/index.js'
import type { Csr } from '../csr/index.js'
import { DnError, attributeOf, parseDn } from '../dn/index.js'
import type { DnAttribute } from '../dn/index.js'
import { makeFinding } from '../problem/make-finding.js'
import type { FindingPlace } from '../problem/make-finding.js'
import type { FindingCode } from '../problem/finding-catalogue.js'
import type { Finding } from '../problem/finding.js'
import { columnOf, kindTables } from '../tsv/index.js'
import type { KindTable } from '../tsv/index.js'
import type { CheckContext } from './context.js'
import { goodValuesOf } from './good-values.js'
import type { GoodValues } from './good-values.js'

/** A first part as most DNs have it; the value is neither cut by a comma nor has it blanks at its ends. */
const commonNamePart = /^CN=([^\s=,](?:[^=,]{0,250}[^\s=,])?)$/

type Details = Omit<FindingPlace, 'row' | 'field' | 'column'>

interface Traits {
  family: KindFamily
  ends: boolean
  asksForServerCertificate: boolean
}

const traits = Object.fromEntries(
  applicationKinds.map((kind): [ApplicationKind, Traits] => [
    kind,
    {
      family: familyOf(kind),
      ends: /-(revoke|suspend|update)$/.test(kind),
      asksForServerCertificate: /^(server|acme)-(issue|create|renew)$/.test(kind),
    },
  ]),
) as Record<ApplicationKind, Traits>

export class Row {
  readonly kind: ApplicationKind
  readonly fields: ApplicationFields
  readonly table: KindTable
  readonly family: KindFamily
  /** True for the kinds that end certificates or accounts, whose DN is as it was issued. */
  readonly ends: boolean
  /** True for the kinds that ask for a server certificate or for leave to order one. */
  readonly asksForServerCertificate: boolean
  /** Host names already judged, so that one wrong name is reported once. */
  readonly judgedNames: string[] = []
  readonly good: GoodValues
  #dn?: readonly DnAttribute[] | DnError
  #newName: string | undefined
  #csr?: Csr | CsrError

  constructor(
    { kind, fields }: Application,
    /** From 1. */
    readonly number: number,
    readonly context: CheckContext,
    readonly findings: Finding[] = [],
  ) {
    this.kind = kind
    this.fields = fields
    const { family, ends, asksForServerCertificate } = traits[kind]
    this.family = family
    this.ends = ends
    this.asksForServerCertificate = asksForServerCertificate
    this.table = (context.tables ?? kindTables)[kind]
    this.good = goodValuesOf(context, this.table)
  }

  get dn(): readonly DnAttribute[] | DnError {
    return (this.#dn ??= this.#readDn(this.fields.subjectDn ?? ''))
  }

  /** The CN, where it is all that sets the DN apart from a good one before it; known once `dn` was read. */
  get newName(): string | undefined {
    return this.#newName
  }

  #readDn(text: string): readonly DnAttribute[] | DnError {
    const { dnTail } = this.good
    if (dnTail && text.endsWith(dnTail.text))
      this.#newName = commonNamePart.exec(text.slice(0, -dnTail.text.length))?.[1]
    if (dnTail && this.#newName !== undefined)
      return [{ name: 'CN', value: this.#newName }, ...dnTail.attributes]
    return caught(() => parseDn(text), DnError)
  }

  get csr(): Csr | CsrError | undefined {
    const { csr } = this.fields
    return csr ? (this.#csr ??= caught(() => parseCsr(csr), CsrError)) : undefined
  }

  /** CN of the subject DN; undefined when there is none to be read. */
  get commonName(): string | undefined {
    return this.dn instanceof DnError ? undefined : attributeOf(this.dn, 'CN')
  }

  find(code: FindingCode, field: FieldName, details: Details = {}): void {
    const column = columnOf(this.table, field)
    const value = this.fields[field]
    this.findings.push(
      makeFinding(code, {
        row: this.number,
        field,
        ...(column && { column }),
        ...(value && { value }),
        ...details,
        ...(field === 'accessPin' && { value: undefined, suggestion: undefined }),
      }),
    )
  }
}

function caught<T, E extends Error>(parse: () => T, expected: new (...args: never[]) => E): T | E {
  try {
    return parse()
  } catch (error) {
    if (error instanceof expected) return error
    throw error
  }
}
