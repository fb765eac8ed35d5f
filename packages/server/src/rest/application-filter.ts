/** Which applications a caller sees, and which of them he asks for. */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import type { Request } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import type { ApplicationState } from '../issuance/states.js'
import { coversNames } from '../policy/approval.js'
import type { ApplicationFilter, ApplicationPage } from '../store/application-list.js'
import { findApplication } from '../store/applications.js'
import { findDepartment } from '../store/departments.js'
import type { ApplicationRow } from '../store/tables.js'
import { callerOf } from './authenticate.js'
import { own } from './own.js'
import { queryOf } from './page.js'
import { readInstant } from './read-time.js'

/** One of another department is as unknown as one that does not exist. */
export async function findOwnApplication(
  env: Environment,
  request: Request,
  id: string,
): Promise<ApplicationRow> {
  const row = await findApplication(env.db, id)
  const { department } = callerOf(request)
  const isVisible = department === null || coversNames(department, row?.common_name ? [row.common_name] : [])
  return own(request, isVisible ? row : undefined, 'application')
}

/** Several come with commas between, or as an array once the contract has read them. */
function listOf(value: unknown): string[] | undefined {
  if (value === undefined) return undefined
  return (Array.isArray(value) ? (value as string[]) : [value as string]).flatMap((part) => part.split(','))
}

export const readOrder = (request: Request): ApplicationPage['order'] =>
  queryOf(request).order === 'oldest' ? 'oldest' : 'newest'

/** What limits the caller, and the department that he asks for. */
async function readDepartments(env: Environment, request: Request): Promise<(readonly string[])[]> {
  const { department } = callerOf(request)
  const asked = queryOf(request).department
  return [
    ...(department ? [department.names] : []),
    ...(asked ? [own(request, await findDepartment(env.db, asked), 'department').names] : []),
  ]
}

export async function readFilter(env: Environment, request: Request): Promise<ApplicationFilter> {
  const { commonName, q, createdBy, from, to } = queryOf(request)
  const { state, kind } = request.query
  return {
    organisation: callerOf(request).organisation,
    states: listOf(state) as ApplicationState[] | undefined,
    kinds: listOf(kind) as ApplicationKind[] | undefined,
    commonName,
    q,
    createdBy,
    from: readInstant(from, 'from'),
    to: readInstant(to, 'to'),
    within: await readDepartments(env, request),
  }
}
