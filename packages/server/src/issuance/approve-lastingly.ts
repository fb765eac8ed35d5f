/**
 * "Approve before the order": approving an application outside every approval makes one, so that its renewals wait for
 * nobody. Source: docs/architecture.md, "Waiting is the normal case".
 */
import type { Caller } from '../policy/caller.js'
import { uncoveredNames } from '../policy/approval.js'
import { makeApproval } from '../policy/make-approval.js'
import { ProblemError } from '../problem/problem-error.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow, Subscriber } from '../store/tables.js'
import { namesOfApplication } from './names-of-application.js'
import type { Environment } from './ports/environment.js'

export interface ApprovalChoice {
  /** Approves this application and nothing after it. */
  once?: boolean
  /** Instead of the application's own names; all of those are among them. */
  names?: readonly string[]
  /** Any profile, not only the application's. */
  anyProfile?: boolean
  until?: Date | null
}

const DAY_MS = 86_400_000

function subscriberOf({ fields }: ApplicationRow): Subscriber | undefined {
  const { subscriberName: name, subscriberDepartment: department, subscriberEmail: email, software } = fields
  return email === undefined ? undefined : { name, department, email, software }
}

function checkChosen(chosen: readonly string[], names: readonly string[], isAlone: boolean): void {
  const missing = uncoveredNames({ names: chosen }, names)
  if (missing.length > 0)
    throw new ProblemError('applicationsRefused', `The approval leaves out ${missing.join(', ')}`, {
      ja: `承認する名前に ${missing.join(', ')} が含まれていません。`,
    })
  if (isAlone || chosen.every((name) => names.includes(name))) return
  throw new ProblemError(
    'applicationsRefused',
    'Two operators approve here: the approval is for the names of the application and no others',
    { ja: '2名の承認が必要な機関では、申請の名前以外は承認できません。' },
  )
}

/** @returns the id of the approval, or null where there is nothing lasting to approve */
export async function approveLastingly(
  env: Environment,
  trx: Transaction,
  row: ApplicationRow,
  { by, choice = {} }: { by: Caller; choice?: ApprovalChoice },
): Promise<string | null> {
  const names = namesOfApplication(row)
  const subscriber = subscriberOf(row)
  const isLasting = row.kind === 'server-issue' || row.kind === 'server-renew'
  if (!isLasting || !subscriber || names.length === 0) return null
  const { approvers, approvalDays } = env.organisation(row.organisation)
  const chosen = choice.names ?? names
  checkChosen(chosen, names, approvers === 1)
  const now = env.now()
  const profile = row.fields.profileId
  return makeApproval(
    trx,
    by,
    {
      subscriber,
      names: chosen,
      profiles: choice.anyProfile || profile === undefined ? null : [profile],
      validUntil: choice.until === undefined ? new Date(now.getTime() + approvalDays * DAY_MS) : choice.until,
      applicationId: row.id,
    },
    now,
  )
}
