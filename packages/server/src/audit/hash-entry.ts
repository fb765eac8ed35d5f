/**
 * One link of the audit log's hash chain. Anyone can compute it again from an export: SHA-256 over the hash before and
 * the entry as canonical JSON. Pure. Source: docs/decisions/audit-chain.md.
 */
import { createHash } from 'node:crypto'

/** What the first entry is linked to. */
export const GENESIS = Buffer.alloc(32)

export interface AuditContent {
  seq: string
  at: Date
  actor: string
  action: string
  subject: string
  detail: unknown
}

/** Members sorted by name, no blanks: the database keeps no order of its own. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

export function hashEntry(
  previous: Buffer,
  { seq, at, actor, action, subject, detail }: AuditContent,
): Buffer {
  const content = canonicalJson([seq, at.toISOString(), actor, action, subject, detail])
  return createHash('sha256').update(previous).update(content).digest()
}
