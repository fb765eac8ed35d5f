/** Operators: the people and programs that may act for an organisation, and the tokens they hold. */
import { sql } from 'kysely'
import { containing } from './containing.js'
import type { Role } from '../policy/scopes.js'
import type { Database, Transaction } from './database.js'
import type { NewOperatorRow, OperatorRow, TokenRow } from './tables.js'
import { together } from './together.js'
import { hashToken } from './tokens.js'

/** An operator with the department that limits him. */
export interface OperatorView extends OperatorRow {
  department_names: string[] | null
}

const views = (db: Database | Transaction) =>
  db
    .selectFrom('operators')
    .leftJoin('departments', 'departments.id', 'operators.department_id')
    .selectAll('operators')
    .select('departments.names as department_names')

export const findOperator = (db: Database | Transaction, id: string): Promise<OperatorView | undefined> =>
  views(db).where('operators.id', '=', id).executeTakeFirst()

/** What lets an operator in. */
export type Standing = Pick<
  OperatorView,
  'id' | 'role' | 'disabled_at' | 'department_id' | 'department_names'
>

export interface TokenHolder extends TokenRow {
  /** Null: a program's own token. */
  operator: Standing | null
}

const tokenColumns = [
  'tokens.id',
  'tokens.token_sha256',
  'tokens.name',
  'tokens.organisation',
  'tokens.scopes',
  'tokens.created_at',
  'tokens.expires_at',
  'tokens.revoked_at',
  'tokens.operator_id',
  'tokens.created_by',
] as const

const holders = (db: Database | Transaction, hashes: readonly Buffer[]) =>
  db
    .selectFrom('tokens')
    .leftJoin('operators', 'operators.id', 'tokens.operator_id')
    .leftJoin('departments', 'departments.id', 'operators.department_id')
    .select(tokenColumns)
    .select([
      'operators.role',
      'operators.disabled_at',
      'operators.department_id',
      'departments.names as department_names',
    ])
    .where('token_sha256', '=', sql<Buffer>`any(${hashes}::bytea[])`)
    .execute()

function holderOf(row: Awaited<ReturnType<typeof holders>>[number]): TokenHolder {
  const { role, disabled_at, department_id, department_names, ...holder } = row
  const { operator_id: id } = holder
  const operator =
    id === null || role === null ? null : { id, role, disabled_at, department_id, department_names }
  return { ...holder, operator }
}

const findHolders = together<Buffer, TokenHolder | undefined>(async (db, hashes) => {
  const rows = await holders(db, hashes)
  return hashes.map((hash) => {
    const row = rows.find(({ token_sha256: known }) => hash.equals(known))
    return row && holderOf(row)
  })
})

/** Looks up by hash: an index search over a preimage-resistant value leaks nothing of the token by its time. */
export const findTokenHolder = (db: Database, token: string): Promise<TokenHolder | undefined> =>
  findHolders(db, hashToken(token))

export interface OperatorFilter {
  organisation: string
  role?: Role
  /** Part of display name or e-mail. */
  q?: string
  after?: string
  limit: number
}

/** Newest first. */
export function listOperators(db: Database, filter: OperatorFilter): Promise<OperatorView[]> {
  let query = views(db).where('operators.organisation', '=', filter.organisation)
  if (filter.role) query = query.where('role', '=', filter.role)
  if (filter.q) {
    const pattern = containing(filter.q)
    query = query.where((eb) => eb.or([eb('display_name', 'ilike', pattern), eb('email', 'ilike', pattern)]))
  }
  if (filter.after) query = query.where('operators.id', '<', filter.after)
  return query.orderBy('operators.id', 'desc').limit(filter.limit).execute()
}

export async function insertOperator(trx: Transaction, row: NewOperatorRow): Promise<void> {
  await trx.insertInto('operators').values(row).execute()
}

export type OperatorChange = Partial<
  Pick<
    OperatorRow,
    | 'display_name'
    | 'email'
    | 'role'
    | 'department_id'
    | 'certificate_sha256'
    | 'oidc_issuer'
    | 'oidc_subject'
    | 'disabled_at'
  >
> & { updated_at: Date }

export async function updateOperator(trx: Transaction, id: string, change: OperatorChange): Promise<void> {
  await trx.updateTable('operators').set(change).where('id', '=', id).execute()
}

/** Ids of the administrators who can act; nobody else changes them until this transaction ends. */
export async function lockAdministrators(trx: Transaction, organisation: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('operators')
    .select('id')
    .where('organisation', '=', organisation)
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .forUpdate()
    .execute()
  return rows.map(({ id }) => id)
}

/** As he stands; whoever changes him waits until this transaction ends. */
export const lockOperator = (trx: Transaction, id: string): Promise<OperatorRow | undefined> =>
  trx.selectFrom('operators').selectAll().where('id', '=', id).forShare().executeTakeFirst()
