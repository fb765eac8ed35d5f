/** The formats that applications come in and go out in, with their media types. */

export const formatNames = ['json', 'jsonl', 'csv', 'tsv', 'xml', 'upki-tsv'] as const

/** `tsv` has a heading and may quote; `upki-tsv` is what the service takes: no heading, no quotes. */
export type FormatName = (typeof formatNames)[number]

export const isFormatName = (value: unknown): value is FormatName =>
  (formatNames as readonly unknown[]).includes(value)

/** What we answer with; RFC 4180 names the parameter `header`. */
export const mediaTypes: Readonly<Record<FormatName, string>> = {
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
  tsv: 'text/tab-separated-values; charset=utf-8; header=present',
  xml: 'application/xml',
  'upki-tsv': 'text/tab-separated-values; charset=Shift_JIS; header=absent',
}

/** What a Content-Type, a file name or the caller says about an input; the rest is seen from its first bytes. */
export interface InputHints {
  format?: FormatName
  charset?: string
}

const byType = new Map<string, FormatName>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'jsonl'],
  ['application/jsonl', 'jsonl'],
  ['text/csv', 'csv'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
])

/** Types that say nothing certain: a TSV may have a heading or not, and any file may be sent as a file. */
const undecidedTypes = ['text/tab-separated-values', 'application/octet-stream', 'text/plain']

/** Hints of a Content-Type; undefined for a type that holds no applications. */
export function hintsOfMediaType(contentType: string): InputHints | undefined {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const format = byType.get(type)
  if (!format && !undecidedTypes.includes(type)) return undefined
  const charset = parameterOf(parameters, 'charset')
  const headless = type === 'text/tab-separated-values' && parameterOf(parameters, 'header') === 'absent'
  return {
    ...(format && { format }),
    ...(headless && { format: 'upki-tsv' as const }),
    ...(charset && { charset }),
  }
}

const parameterOf = (parameters: readonly string[], name: string): string | undefined =>
  parameters
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replace(/^"|"$/g, '')
