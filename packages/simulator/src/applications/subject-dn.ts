/** Subject DN (主体者DN) as column 1 writes it, CN first: docs/issuance-system.md, "Rows". */
import type { Attribute, AttributeType } from '../ca/names.js'

const boundary = /,(?=(?:CN|OU|O|L|ST|C)=)/
const attributeForm = /^(CN|OU|O|L|ST|C)=(\S(?:.*\S)?)$/

/**
 * Splits at a comma only where an attribute follows at once, since values may hold
 * commas and `=`; undefined when a part is no `TYPE=value` or has blanks around the value.
 */
export function parseSubjectDn(text: string): Attribute[] | undefined {
  const parts = text.split(boundary).map((part) => attributeForm.exec(part))
  if (parts.some((part) => part === null)) return undefined
  return parts.map((part) => [part?.[1] as AttributeType, part?.[2] ?? ''] as const)
}

export const valueOf = (attributes: readonly Attribute[], type: AttributeType): string | undefined =>
  attributes.find(([name]) => name === type)?.[1]

/** The CN, lower-cased as the system has done since 2024-08-20; '' for a DN that cannot be read. */
export const commonNameOf = (subjectDn: string): string =>
  (valueOf(parseSubjectDn(subjectDn) ?? [], 'CN') ?? '').toLowerCase()
