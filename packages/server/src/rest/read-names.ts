/** Names that a caller wants approved, or a department to answer for. */
import { toLowerAscii } from '@upki-gateway/shared/identifier'
import type { OrganisationConfig } from '../config.js'
import { checkNamesOfApproval } from '../policy/names-of-approval.js'
import { ProblemError } from '../problem/problem-error.js'

/** @returns them in lower case, each once. @throws ProblemError with a finding for each that could never be ordered */
export function readNamesOfApproval(names: readonly string[], organisation: OrganisationConfig): string[] {
  const lower = [...new Set(names.map(toLowerAscii))]
  const findings = checkNamesOfApproval(lower, organisation)
  if (findings.length === 0) return lower
  throw new ProblemError('applicationsRefused', `${findings.length} name(s) cannot be approved`, {
    ja: `承認できない名前が${findings.length}件あります。`,
    findings,
  })
}
