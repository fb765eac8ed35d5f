/** One row under check: its values, what is parsed of them once, and what is found. */
import type { Application, ApplicationFields, FieldName } from '../application/application.js'
import type { ApplicationKind } from '../application/kind.js'
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

type Details = Omit<FindingPlace, 'row' | 'field' | 'column'>

export class Row {
  readonly kind: ApplicationKind
  readonly fields: ApplicationFields
  readonly table: KindTable
  readonly findings: Finding[] = []
  /** Host names already judged, so that one wrong name is reported once. */
  readonly judgedNames = new Set<string>()
  readonly dn: DnAttribute[] | DnError
  readonly csr: Csr | CsrError | undefined

  constructor(
    { kind, fields }: Application,
    /** From 1. */
    readonly number: number,
    readonly context: CheckContext,
  ) {
    this.kind = kind
    this.fields = fields
    this.table = kindTables[kind]
    this.dn = caught(() => parseDn(fields.subjectDn ?? ''), DnError)
    this.csr = fields.csr ? caught(() => parseCsr(fields.csr ?? ''), CsrError) : undefined
  }

  /** CN of the subject DN; undefined when there is none to be read. */
  get commonName(): string | undefined {
    return this.dn instanceof DnError ? undefined : attributeOf(this.dn, 'CN')
  }

  /** True for the kinds that ask for a server certificate or for leave to order one. */
  get asksForServerCertificate(): boolean {
    return /^(server|acme)-(issue|create|renew)$/.test(this.kind)
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
