/**
 * "Approve before the order": approving an application outside every approval makes one, so that its renewals wait for
 * nobody. Source: docs/architecture.md, "Waiting is the normal case".
 */
import type { Caller } from '../policy/caller.js'
import { uncoveredNames } from '../policy/approval.js'
import { checkDepartmentOf, makeApproval } from '../policy/make-approval.js'
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

/**
 * The names that are approved: the application's own, or those chosen instead.
 * @throws ProblemError when some of its own are left out, and for others that this operator may not approve
 */
export function chosenNames(
  env: Environment,
  row: ApplicationRow,
  { by, choice = {} }: { by: Caller; choice?: ApprovalChoice },
): readonly string[] {
  const names = namesOfApplication(row)
  const chosen = choice.names ?? names
  checkChosen(chosen, names, env.organisation(row.organisation).approvers === 1)
  checkDepartmentOf(by, chosen)
  return chosen
}

const usualEnd = (env: Environment, { organisation }: ApplicationRow): Date =>
  new Date(env.now().getTime() + env.organisation(organisation).approvalDays * DAY_MS)

/**
 * Where two approve, each has seen the application, not what the other says besides: neither alone widens or lengthens it.
 * @throws ProblemError applicationsRefused
 */
export function checkNotWider(
  env: Environment,
  row: ApplicationRow,
  { by, choice = {} }: { by: Caller; choice?: ApprovalChoice },
): void {
  const { once, anyProfile, until } = choice
  if (once) return
  chosenNames(env, row, { by, choice })
  const usual = usualEnd(env, row)
  const isLonger = until !== undefined && (until === null || until > usual)
  if (!anyProfile && !isLonger) return
  throw new ProblemError(
    'applicationsRefused',
    `Two operators approve here: the approval is for the profile of the application, until ${usual.toISOString()} at most`,
    {
      ja: `2名の承認が必要な機関では、申請のプロファイルについて、${usual.toISOString()} までの期限でだけ承認できます。`,
    },
  )
}

/** @returns the id of the approval, or null where there is nothing lasting to approve */
export async function approveLastingly(
  env: Environment,
  trx: Transaction,
  row: ApplicationRow,
  { by, choice = {} }: { by: Caller; choice?: ApprovalChoice },
): Promise<string | null> {
  const subscriber = subscriberOf(row)
  const isLasting = row.kind === 'server-issue' || row.kind === 'server-renew'
  if (!isLasting || !subscriber || namesOfApplication(row).length === 0) return null
  const profile = row.fields.profileId
  return makeApproval(
    trx,
    by,
    {
      subscriber,
      names: chosenNames(env, row, { by, choice }),
      profiles: choice.anyProfile || profile === undefined ? null : [profile],
      validUntil: choice.until === undefined ? usualEnd(env, row) : choice.until,
      applicationId: row.id,
    },
    env.now(),
  )
}
