/**
 * Applies what the check suggests, when it is asked to: never by itself.
 *
 * A change may reveal the next one, so the check runs again until nothing is left to apply.
 */
import type { Application } from '../application/application.js'
import type { Finding, Suggestion } from '../problem/finding.js'
import { checkApplications } from './check.js'
import type { CheckContext } from './context.js'

/** One applied change, for the record. */
export interface AppliedChange {
  row: number
  code: string
  field: Suggestion['field']
  before: string
  after: string
}

export interface Fixed {
  applications: Application[]
  changes: AppliedChange[]
  /** What the check still finds. */
  findings: Finding[]
}

/** Each round applies one change per field; values that need more are left to a person. */
const maxRounds = 8

/** @param accept asked for every change; those that need consent should be shown to a person */
export function applySuggestions(
  applications: readonly Application[],
  context: CheckContext,
  accept: (finding: Finding, suggestion: Suggestion) => boolean,
): Fixed {
  let current = [...applications]
  const changes: AppliedChange[] = []
  for (let round = 0; round < maxRounds; round += 1) {
    const applied = applyOnce(current, checkApplications(current, context), accept)
    if (applied.changes.length === 0) break
    current = applied.applications
    changes.push(...applied.changes)
  }
  return { applications: current, changes, findings: checkApplications(current, context) }
}

function applyOnce(
  applications: readonly Application[],
  findings: readonly Finding[],
  accept: (finding: Finding, suggestion: Suggestion) => boolean,
): { applications: Application[]; changes: AppliedChange[] } {
  const next = applications.map(({ kind, fields }) => ({ kind, fields: { ...fields } }))
  const changes = new Map<string, AppliedChange>()
  for (const finding of findings) {
    const { row, code, suggestion } = finding
    const fields = next[row - 1]?.fields
    if (!suggestion || !fields) continue
    const { field, value: after } = suggestion
    const before = fields[field] ?? ''
    if (changes.has(`${row} ${field}`) || before === after || !accept(finding, suggestion)) continue
    fields[field] = after
    changes.set(`${row} ${field}`, { row, code, field, before, after })
  }
  return { applications: next, changes: [...changes.values()] }
}
