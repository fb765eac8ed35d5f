/**
 * Which row of a report tells of which application. Never by time: by CSR where there is one, by
 * serial for a revocation, by DN (and the serial replaced) for certificates of persons. Pure.
 * Source: docs/issuance-cycle.md, step 8.
 */
import { createHash } from 'node:crypto'
import { revokesCertificate } from '@upki-gateway/shared/application'
import { toOneLineBase64 } from '@upki-gateway/shared/csr'
import { decimalOf } from '@upki-gateway/shared/identifier'
import { base64End, type IsWanted, type ReportKeys, type ReportRow } from '@upki-gateway/shared/report'
import type { InFlightRow } from '../store/applications.js'
import type { ReportName } from './ports/issuance-system.js'

/** What the row of a report that tells of this application has; undefined for kinds that reports do not show. */
export function keyOfApplication({ kind, fields, csr_sha256: csr }: InFlightRow): string | undefined {
  if (csr) return `csr ${csr}`
  const serial = decimalOf(fields.serial ?? '')
  if (revokesCertificate(kind)) return `revoked ${serial}`
  if (kind === 'client-renew' || kind === 'smime-renew') return `renewal ${serial} ${fields.subjectDn}`
  return kind === 'client-issue' || kind === 'smime-issue' ? `issue ${fields.subjectDn}` : undefined
}

type Keys = Omit<ReportKeys, 'csrEnd'>

const revocationOf = ({ status, serial }: Pick<Keys, 'status' | 'serial'>): string[] =>
  status === 'revoked' ? [`revoked ${serial}`] : []

function requestOf({ status, csr, oldSerial, subjectDn }: Keys): string[] {
  if (csr) return [`csr ${createHash('sha256').update(Buffer.from(csr, 'base64')).digest('hex')}`]
  // Of a revoked one without a CSR, another may have been applied for since under the same DN.
  if (status === 'revoked') return []
  return [oldSerial ? `renewal ${oldSerial} ${subjectDn}` : `issue ${subjectDn}`]
}

/** What this row tells of: a revoked certificate also of the CSR that was taken for it. */
const keysOfReportRow = (row: Keys): string[] => [...revocationOf(row), ...requestOf(row)]

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
  const mayBe = (keys: ReportKeys) => ends.has('') || keys.csrEnd === '' || ends.has(keys.csrEnd)
  return (keys) => (mayBe(keys) ? keysOfReportRow(keys) : revocationOf(keys)).some((key) => wanted.has(key))
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
    for (const id of keysOfReportRow(row).flatMap((key) => wanted.get(key) ?? [])) found.set(id, row)
  return found
}
