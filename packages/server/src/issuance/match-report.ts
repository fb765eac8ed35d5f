/**
 * Which row of a report tells of which application. Never by time: by CSR where there is one, by
 * serial for a revocation, by DN (and the serial replaced) for certificates of persons. Pure.
 * Source: docs/issuance-cycle.md, step 8.
 */
import { createHash } from 'node:crypto'
import { toOneLineBase64 } from '@upki-gateway/shared/csr'
import { parseSerial } from '@upki-gateway/shared/identifier'
import { base64End, type IsWanted, type ReportKeys, type ReportRow } from '@upki-gateway/shared/report'
import type { InFlightRow } from '../store/applications.js'
import type { ReportName } from './ports/issuance-system.js'

/** What the row of a report that tells of this application has; undefined for kinds that reports do not show. */
export function keyOfApplication({ kind, fields, csr_sha256: csr }: InFlightRow): string | undefined {
  if (csr) return `csr ${csr}`
  const serial = parseSerial(fields.serial ?? '')?.toString()
  if (kind.endsWith('-revoke')) return `revoked ${serial}`
  if (kind === 'client-renew' || kind === 'smime-renew') return `renewal ${serial} ${fields.subjectDn}`
  return kind === 'client-issue' || kind === 'smime-issue' ? `issue ${fields.subjectDn}` : undefined
}

/** What this row tells of. */
export function keyOfReportRow(row: Omit<ReportKeys, 'csrEnd'>): string {
  if (row.status === 'revoked') return `revoked ${row.serial}`
  if (row.csr) return `csr ${createHash('sha256').update(Buffer.from(row.csr, 'base64')).digest('hex')}`
  return row.oldSerial ? `renewal ${row.oldSerial} ${row.subjectDn}` : `issue ${row.subjectDn}`
}

/** Certificates of servers and those of persons are in reports of their own. */
export const reportOf = ({ kind }: Pick<InFlightRow, 'kind'>): ReportName =>
  kind.startsWith('client-') || kind.startsWith('smime-') ? 'client' : 'server'

/** Applications by what the row of each has. */
function wantedBy(inFlight: readonly InFlightRow[]): Map<string, string[]> {
  const wanted = new Map<string, string[]>()
  for (const row of inFlight) {
    const key = keyOfApplication(row)
    if (key !== undefined) wanted.set(key, [...(wanted.get(key) ?? []), row.id])
  }
  return wanted
}

const csrEndOf = ({ fields }: InFlightRow): string =>
  base64End(Buffer.from(toOneLineBase64(fields.csr ?? ''), 'base64').toString('base64'))

/** Hashing the CSR of every row would take most of a reading: one that ends otherwise than all that are wanted is not hashed. */
function makeFilter(inFlight: readonly InFlightRow[], wanted: ReadonlyMap<string, unknown>): IsWanted {
  const ends = new Set(inFlight.filter((row) => row.csr_sha256).map(csrEndOf))
  const mayBe = (keys: ReportKeys) =>
    ends.has('') || keys.csrEnd === '' || ends.has(keys.csrEnd) || keys.status === 'revoked'
  return (keys) => mayBe(keys) && wanted.has(keyOfReportRow(keys))
}

/**
 * The newest row for each application under way, by application id; reports are long, applications under way few.
 * @param report may leave out what is not wanted
 */
export async function matchReport(
  report: (isWanted: IsWanted) => AsyncIterable<ReportRow>,
  inFlight: readonly InFlightRow[],
): Promise<Map<string, ReportRow>> {
  const wanted = wantedBy(inFlight)
  const found = new Map<string, ReportRow>()
  for await (const row of report(makeFilter(inFlight, wanted)))
    for (const id of wanted.get(keyOfReportRow(row)) ?? []) found.set(id, row)
  return found
}
