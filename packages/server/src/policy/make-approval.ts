/** Makes, renews and ends lasting approvals. Source: docs/operations.md, "Approvals". */
import type { OrganisationConfig } from '../config.js'
import { newId } from '../issuance/new-id.js'
import { ProblemError } from '../problem/problem-error.js'
import { insertApproval, renewApproval } from '../store/approvals.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import { endApproval } from '../store/eab-credentials.js'
import type { ApprovalRow, Subscriber } from '../store/tables.js'
import { coversNames, isLive } from './approval.js'
import type { Caller } from './caller.js'

export interface ApprovalTerms {
  subscriber: Subscriber
  /** In lower case, as `checkNamesOfApproval` takes them. */
  names: readonly string[]
  profiles: readonly string[] | null
  validUntil: Date | null
  applicationId: string | null
}

/** A pattern is inside when a name below it and the domain itself are. */
const samplesOf = (pattern: string): string[] =>
  pattern.startsWith('.') ? [pattern.slice(1), `x${pattern}`] : [pattern]

/** @throws ProblemError notAllowed when a name is not the department's */
export function checkDepartmentOf({ department }: Caller, names: readonly string[]): void {
  if (department === null || coversNames(department, names.flatMap(samplesOf))) return
  throw new ProblemError('notAllowed', `Your department decides only about ${department.names.join(', ')}`, {
    ja: `担当部局の名前（${department.names.join(', ')}）以外は扱えません。`,
  })
}

/** Where two must approve, one alone makes no lasting approval, unless he answers for the whole organisation. */
export function checkMayApproveAlone(caller: Caller, { approvers }: OrganisationConfig): void {
  if (approvers === 1 || caller.scopes.includes('admin')) return
  throw new ProblemError(
    'notAllowed',
    'Two operators approve here: approve an application, or ask an administrator',
    { ja: '2名の承認が必要な機関です。申請を承認するか、管理者に依頼してください。' },
  )
}

export async function makeApproval(
  trx: Transaction,
  caller: Caller,
  terms: ApprovalTerms,
  now: Date,
): Promise<string> {
  checkDepartmentOf(caller, terms.names)
  const id = newId()
  await insertApproval(trx, {
    id,
    organisation: caller.organisation,
    subscriber: terms.subscriber,
    names: [...terms.names],
    profiles: terms.profiles && [...terms.profiles],
    application_id: terms.applicationId,
    approved_by: caller.actor,
    valid_until: terms.validUntil,
    created_at: now,
  })
  const detail = {
    names: terms.names,
    profiles: terms.profiles,
    validUntil: terms.validUntil?.toISOString() ?? null,
    application: terms.applicationId ?? undefined,
  }
  await appendAudit(trx, [{ at: now, actor: caller.actor, action: 'approval.create', subject: id, detail }])
  return id
}

/** Asked again before it lapses, and approved again. @throws ProblemError conflict when it has ended */
export async function renewApprovalBy(
  trx: Transaction,
  caller: Caller,
  approval: ApprovalRow,
  { validUntil, now }: { validUntil: Date; now: Date },
): Promise<void> {
  checkDepartmentOf(caller, approval.names)
  if (!isLive(approval, now))
    throw new ProblemError('conflict', 'The approval has ended; make another one', {
      ja: 'この承認は終了しています。新しく承認してください。',
    })
  await renewApproval(trx, approval.id, {
    valid_until: validUntil,
    renewed_at: now,
    renewed_by: caller.actor,
  })
  const detail = { from: approval.valid_until?.toISOString() ?? null, validUntil: validUntil.toISOString() }
  await appendAudit(trx, [
    { at: now, actor: caller.actor, action: 'approval.renew', subject: approval.id, detail },
  ])
}

/** What was queued by it before goes on. Ending twice is recorded once. */
export async function endApprovalBy(
  trx: Transaction,
  caller: Caller,
  approval: ApprovalRow,
  now: Date,
): Promise<void> {
  checkDepartmentOf(caller, approval.names)
  if (!(await endApproval(trx, approval.id, now))) return
  await appendAudit(trx, [{ at: now, actor: caller.actor, action: 'approval.end', subject: approval.id }])
}
