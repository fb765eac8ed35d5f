/**
 * Names that someone asks a certificate for, judged before there is a CSR, by the
 * same rules and in the same words as the application later.
 * Source: docs/upki-tsv.md, "Column 13: dNSName".
 */
import { checkApplications, completeApplications } from '@upki-gateway/shared/check'
import { renderDnsNames } from '@upki-gateway/shared/identifier'
import { type Finding, makeFinding } from '@upki-gateway/shared/problem'
import type { OrganisationConfig } from '../config.js'
import { organisationContext } from './organisation-context.js'

/** What the list of column 13 cannot carry: such a text would turn into two names, or none. */
const breaksTheList = (name: string): boolean => name === '' || /[,=\s]/.test(name)

const aboutNames = ({ field, grade }: Finding): boolean =>
  grade === 'error' && (field === 'fqdn' || field === 'dnsNames' || field === 'subjectDn')

/** @param names in lower case, CN first; @returns errors only, `value` being the name where it is about one */
export function checkNamesOfOrder(names: readonly string[], organisation: OrganisationConfig): Finding[] {
  const broken = names.filter(breaksTheList)
  if (broken.length > 0)
    return broken.map((name) =>
      makeFinding('hostSyntax', { row: 1, field: 'dnsNames', value: name, words: { name } }),
    )
  const context = organisationContext(organisation)
  const fields = { fqdn: names[0], dnsNames: renderDnsNames(names) }
  const { applications } = completeApplications([{ kind: 'server-issue', fields }], context)
  return checkApplications(applications, context).filter(aboutNames)
}
