/** Host names that an application asks for; none for kinds that name no host. */
import type { ApplicationFields } from '@upki-gateway/shared/application'
import { parseDnsNames } from '@upki-gateway/shared/identifier'

/** In lower case, CN first. */
export function namesOfApplication({ fields }: { fields: ApplicationFields }): string[] {
  const listed = fields.dnsNames === undefined ? [] : parseDnsNames(fields.dnsNames)
  return [...new Set([...(fields.fqdn ? [fields.fqdn] : []), ...listed].map((name) => name.toLowerCase()))]
}
