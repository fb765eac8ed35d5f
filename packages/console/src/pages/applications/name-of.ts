import type { Schemas } from '../../api/client.js'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What an application is for, in one line: the CN, else what else names it. */
export function nameOf({ fields, kind }: Pick<Schemas['Application'], 'fields' | 'kind'>): string {
  const commonName = /^CN=([^,]+)/i.exec(textOf(fields.subjectDn))?.[1]
  return commonName ?? (textOf(fields.fqdn) || textOf(fields.acmeAccountId) || textOf(fields.serial) || kind)
}
