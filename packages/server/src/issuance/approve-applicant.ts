/**
 * Approving what an account without an EAB credential applied for approves the account for these names, from now on.
 * Source: docs/architecture.md, "Waiting is the normal case".
 */
import { isLive } from '../policy/approval.js'
import type { Caller } from '../policy/caller.js'
import { ProblemError } from '../problem/problem-error.js'
import { carryApproval, lockAccount } from '../store/acme-accounts.js'
import type { AccountRow } from '../store/acme-tables.js'
import { addNames, findApproval, insertApproval } from '../store/approvals.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow, ApprovalRow } from '../store/tables.js'
import { type ApprovalChoice, chosenNames } from './approve-lastingly.js'
import { newId } from './new-id.js'
import type { Environment } from './ports/environment.js'

export interface Approving {
  by: Caller
  choice?: ApprovalChoice
}

/** The account that applied, where it did so without an approval of its own. */
export const accountOf = ({ created_by: actor }: Pick<ApplicationRow, 'created_by'>): string | undefined =>
  /^account:(.+)$/.exec(actor)?.[1]

async function liveApprovalOf(trx: Transaction, account: AccountRow, now: Date) {
  const approval = account.approval_id ? await findApproval(trx, account.approval_id) : undefined
  return approval && isLive(approval, now) ? approval : undefined
}

interface Approved {
  names: readonly string[]
  until: Date | null
  actor: string
  now: Date
}

async function makeApproval(
  trx: Transaction,
  account: AccountRow,
  application: ApplicationRow,
  { names, until, actor, now }: Approved,
): Promise<Pick<ApprovalRow, 'id'>> {
  const { subscriberName, subscriberDepartment, subscriberEmail, software } = application.fields
  const approval = {
    id: newId(),
    organisation: application.organisation,
    subscriber: {
      name: subscriberName,
      department: subscriberDepartment,
      email: subscriberEmail ?? '',
      software,
    },
    names: [...names],
    approved_by: actor,
    valid_until: until,
    created_at: now,
    account_id: account.id,
  }
  await insertApproval(trx, approval)
  await carryApproval(trx, account.id, approval.id)
  return approval
}

/** Names join the approval that the account has; its end is for all of them, and not this application's to move. */
async function extend(trx: Transaction, live: ApprovalRow, { names }: Approved, choice: ApprovalChoice) {
  if (choice.until !== undefined)
    throw new ProblemError(
      'conflict',
      `The account has an approval already (${live.id}), with an end of its own: leave until out, or renew that one`,
      {
        ja: `このアカウントには承認（${live.id}）があり、期限はその承認で決まります。until を除くか、その承認を延長してください。`,
      },
    )
  await addNames(trx, live.id, names)
  return live
}

/**
 * Which profile is the account's to choose with each order.
 * @returns id of the approval that the application then stands on; the one it had, when there is nothing to make
 * @throws ProblemError when the choice is not this operator's, or an end is said for an approval that has one
 */
export async function approveApplicant(
  env: Environment,
  trx: Transaction,
  application: ApplicationRow,
  { by, choice = {} }: Approving,
): Promise<string | null> {
  const id = accountOf(application)
  const account = id === undefined ? undefined : await lockAccount(trx, id)
  if (!account || account.eab_kid !== null) return application.approval_id
  const [actor, now, names] = [by.actor, env.now(), chosenNames(env, application, { by, choice })]
  const approved = { names, until: choice.until ?? null, actor, now }
  const live = await liveApprovalOf(trx, account, now)
  const approval = await (live
    ? extend(trx, live, approved, choice)
    : makeApproval(trx, account, application, approved))
  const detail = {
    account: account.id,
    names,
    ...(approved.until && { validUntil: approved.until.toISOString() }),
  }
  const action = live ? 'approval.extend' : 'approval.create'
  await appendAudit(trx, [{ at: now, actor, action, subject: approval.id, detail }])
  return approval.id
}
