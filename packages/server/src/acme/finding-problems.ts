/**
 * Findings of the domain as ACME problems: one subproblem for each (RFC 8555 §6.7.1).
 * The finding itself goes along, with row, field and remedy in both languages.
 */
import type { Finding } from '@upki-gateway/shared/problem'
import type { Subproblem } from '../problem/problem-error.js'
import { type ProblemName, problems } from '../problem/problems.js'

/** Whose fault it is: the CSR's, a name's, or of what the approval says of the subscriber. */
export function problemOf({ field }: Finding): ProblemName {
  if (field === 'csr' || field === 'profileId') return 'badCSR'
  return field === 'fqdn' || field === 'dnsNames' || field === 'subjectDn'
    ? 'rejectedIdentifier'
    : 'unauthorized'
}

/** @param names those of the order: a finding about one of them says so */
export function toSubproblem(finding: Finding, names: readonly string[]): Subproblem {
  const name = names.find((each) => each === finding.value)
  return {
    type: problems[problemOf(finding)].type,
    detail: `${finding.message.en} ${finding.remedy.en}`,
    ...(name === undefined ? {} : { identifier: { type: 'dns', value: name } }),
    finding,
  }
}
