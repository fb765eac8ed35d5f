/**
 * Applications as JSON objects: the fields by name, all text, and `dnsNames` as an array of host names.
 *
 * Forms change here, values do not: a CSR in PEM becomes one line of Base64, the array of names becomes
 * `dNSName=a,dNSName=b`. An empty text counts as absent.
 */
import { toOneLineBase64 } from '../csr/base64.js'
import { parseDnsNames, renderDnsNames } from '../identifier/dns-names.js'
import type { Bilingual, Finding } from '../problem/finding.js'
import { makeFinding } from '../problem/make-finding.js'
import { fieldNames } from './application.js'
import type { Application, ApplicationFields, FieldName } from './application.js'
import type { ApplicationInput } from './input.js'
import { isApplicationKind } from './kind.js'

/** More names than this are not even read; the service takes eight. */
const maxNamesRead = 100

/** One object may have a million unknown members; so many findings say it as well. */
const maxFindingsOfOne = 50

/** JSON form of an application. */
export type ApplicationJson = { kind: Application['kind']; dnsNames?: string[] } & Partial<
  Record<Exclude<FieldName, 'dnsNames'>, string>
>

/**
 * Reads one application; `row` (from 1) stands in the findings.
 *
 * Unknown members and wrong types are findings, so that a misspelt name is never ignored.
 */
export function fromJson(value: unknown, row: number): ApplicationInput | Finding[] {
  if (!isRecord(value)) return [makeFinding('inputNotObject', { row })]
  const { kind } = value
  const fields: ApplicationFields = {}
  const findings = kindFindings(kind, row)
  for (const member of Object.keys(value)) {
    if (member === 'kind') continue
    const content = value[member]
    const text = isFieldName(member) ? readField(member, content, row) : unknownMember(member, row)
    if (typeof text !== 'string') findings.push(text)
    else if (text !== '') fields[member as FieldName] = text
    if (findings.length >= maxFindingsOfOne) break
  }
  return findings.length > 0 ? findings : { ...(isRequestedKind(kind) && { kind }), fields }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const knownNames: ReadonlySet<string> = new Set(fieldNames)

const isFieldName = (name: string): name is FieldName => knownNames.has(name)

const isRequestedKind = (kind: unknown): kind is NonNullable<ApplicationInput['kind']> =>
  kind === 'server' || isApplicationKind(kind)

function kindFindings(kind: unknown, row: number): Finding[] {
  if (kind === undefined || isRequestedKind(kind)) return []
  return [makeFinding('inputUnknownKind', { row, ...(typeof kind === 'string' && { value: kind }) })]
}

const unknownMember = (member: string, row: number): Finding =>
  makeFinding('inputUnknownMember', { row, words: { member } })

function readField(field: FieldName, content: unknown, row: number): string | Finding {
  if (field === 'dnsNames') return readNames(content, row)
  if (typeof content !== 'string') return wrongType(field, row, { ja: '文字列', en: 'a string' })
  return field === 'csr' ? toOneLineBase64(content) : content
}

function readNames(content: unknown, row: number): string | Finding {
  const isList = Array.isArray(content) && content.length <= maxNamesRead
  if (!isList || !content.every((name) => typeof name === 'string'))
    return wrongType('dnsNames', row, {
      ja: `${maxNamesRead}個までのホスト名の配列`,
      en: `an array of up to ${maxNamesRead} host names`,
    })
  // A name holding these would turn into two names, or none, in the list.
  const broken = content.find((name) => name === '' || /[,=\s]/.test(name))
  if (broken === undefined) return renderDnsNames(content)
  return makeFinding('hostSyntax', { row, field: 'dnsNames', value: broken, words: { name: broken } })
}

const wrongType = (field: FieldName, row: number, wanted: Bilingual): Finding =>
  makeFinding('inputWrongType', { row, field, words: { member: field, wanted } })

/**
 * The JSON form of an application; absent fields stay absent.
 *
 * @throws {DnsNamesError} when the list of names was not checked before.
 */
export function toJson({ kind, fields }: Application): ApplicationJson {
  const { dnsNames, ...others } = fields
  return { kind, ...others, ...(dnsNames && { dnsNames: parseDnsNames(dnsNames) }) }
}
