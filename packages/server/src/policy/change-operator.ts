/** Makes and changes operators; an organisation always keeps an administrator who can act. */
import { newId } from '../issuance/new-id.js'
import { type ConflictWords, explainConflict } from '../problem/explain-conflict.js'
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import { findDepartment } from '../store/departments.js'
import {
  insertOperator,
  lockAdministrators,
  type OperatorChange,
  updateOperator,
} from '../store/operators.js'
import { deleteSessionsOf } from '../store/sessions.js'
import type { OperatorRow } from '../store/tables.js'
import type { Caller } from './caller.js'

export type OperatorTerms = Omit<
  OperatorRow,
  'id' | 'organisation' | 'disabled_at' | 'created_at' | 'updated_at'
>

const refuse = (en: string, ja: string): never => {
  throw new ProblemError('conflict', en, { ja })
}

/** A limit to one department and an office for the whole organisation exclude each other. */
async function checkDepartment(
  trx: Transaction,
  organisation: string,
  { role, department_id: id }: Pick<OperatorRow, 'role' | 'department_id'>,
): Promise<void> {
  if (role === 'approver' && id === null)
    refuse('An approver needs a department', '承認者には部局の指定が必要です。')
  if (role === 'administrator' && id !== null)
    refuse(
      'An administrator is for the whole organisation: leave the department out',
      '管理者に部局は指定できません。',
    )
  if (id === null) return
  const department = await findDepartment(trx, id)
  if (department?.organisation !== organisation)
    refuse('There is no such department', 'その部局はありません。')
}

const conflicts: ConflictWords = {
  operators_one_per_certificate: [
    'Another operator signs in with this certificate',
    'この証明書は別の登録担当者に登録されています。',
  ],
  operators_one_per_subject: [
    'Another operator signs in with this OpenID Connect subject',
    'このOpenID Connectのsubjectは別の登録担当者に登録されています。',
  ],
  operators_one_per_email: [
    'Another operator has this e-mail address',
    'このメールアドレスは別の登録担当者に登録されています。',
  ],
}

/** Tells which of the things that only one may have somebody else has. */
export const explainDoubles = <T>(work: () => Promise<T>): Promise<T> => explainConflict(conflicts, work)

export async function makeOperator(
  trx: Transaction,
  caller: Caller,
  terms: OperatorTerms,
  now: Date,
): Promise<string> {
  const { organisation, actor } = caller
  await checkDepartment(trx, organisation, terms)
  const id = newId()
  await insertOperator(trx, { ...terms, id, organisation, created_at: now, updated_at: now })
  const detail = { role: terms.role, department: terms.department_id ?? undefined }
  await appendAudit(trx, [{ at: now, actor, action: 'operator.create', subject: id, detail }])
  return id
}

/** Names of what changes, never the values: they are personal data. */
const changedMembers = (change: object): string[] => Object.keys(change).filter((key) => key !== 'updated_at')

/** What a person signs in with. */
const signInMembers = ['email', 'certificate_sha256', 'oidc_issuer', 'oidc_subject'] as const

/** A session that began otherwise than he would sign in now, or before he was disabled, may be somebody else's. */
const endsSessions = (current: OperatorRow, after: OperatorRow): boolean =>
  current.disabled_at !== null ||
  after.disabled_at !== null ||
  signInMembers.some((member) => after[member] !== current[member])

export async function changeOperator(
  trx: Transaction,
  caller: Caller,
  current: OperatorRow,
  change: OperatorChange,
): Promise<void> {
  const after = { ...current, ...change }
  const administrators = await lockAdministrators(trx, current.organisation)
  const remains = after.role === 'administrator' && after.disabled_at === null
  if (!remains && administrators.every((id) => id === current.id) && administrators.length > 0)
    refuse(
      'This is the last administrator; make another one first',
      '最後の管理者です。先に別の管理者を登録してください。',
    )
  await checkDepartment(trx, current.organisation, after)
  await updateOperator(trx, current.id, change)
  if (endsSessions(current, after)) await deleteSessionsOf(trx, current.id)
  const detail = { changed: changedMembers(change), role: after.role, disabled: after.disabled_at !== null }
  await appendAudit(trx, [
    { at: change.updated_at, actor: caller.actor, action: 'operator.change', subject: current.id, detail },
  ])
}
