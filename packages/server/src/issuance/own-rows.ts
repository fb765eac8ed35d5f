/**
 * Whose a row of a report is. An operator's credential shows one organisation; where several share an issuance system,
 * the O of the subject tells. Pure.
 */
import type { ReportRow } from '@upki-gateway/shared/report'
import type { Config } from '../config.js'

/** A comma separates only where an attribute follows it: O may hold commas. Source: docs/upki-tsv.md, "Column 1: Subject DN". */
const organizations = /(?<=^|, *)O=(.*?)(?=, *[A-Za-z]+=|$)/g

const hasO = (dn: string, organizationName: string): boolean =>
  [...dn.matchAll(organizations)].some(([, value]) => value === organizationName)

/** Tells whether a row is one of the organisation. */
export function ownedBy({ organisations }: Config, id: string): (row: ReportRow) => boolean {
  const own = organisations.find((organisation) => organisation.id === id)
  const sharing = organisations.filter(({ issuanceSystem }) => issuanceSystem === own?.issuanceSystem)
  if (!own || sharing.length === 1) return () => true
  return ({ subjectDn }) => hasO(subjectDn, own.organizationName)
}

/** Rows of the organisation alone. */
export async function* ownRows(
  config: Config,
  id: string,
  rows: AsyncIterable<ReportRow>,
): AsyncGenerator<ReportRow> {
  const isOwn = ownedBy(config, id)
  for await (const row of rows) if (isOwn(row)) yield row
}
