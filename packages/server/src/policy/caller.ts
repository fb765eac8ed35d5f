/**
 * Who acts: an operator by a token or a session of the console, or a program by a token of its own.
 *
 * Records name the operator where there is one, not the token: the same person with two tokens is
 * one person, and that decides who may approve what.
 */
import type { Database, Transaction } from '../store/database.js'
import { findOperator, findTokenHolder, type Standing } from '../store/operators.js'
import { scopesOf, scopesOfToken, scopesWithin } from './scopes.js'

/** Whose applications a caller sees and decides, where not the whole organisation's. */
export interface DepartmentLimit {
  id: string
  /** Host names, or `.domain` for every name at or below a domain. */
  names: readonly string[]
}

export interface Caller {
  /** `operator:<id>`, or `token:<id>` of a token that belongs to none; as records name it. */
  actor: string
  organisation: string
  scopes: readonly string[]
  operatorId: string | null
  /** Null in a session of the console. */
  tokenId: string | null
  /** Null: the whole organisation. */
  department: DepartmentLimit | null
}

/** Why a token lets nobody in. */
export type TokenFault = 'unknown' | 'revoked' | 'expired' | 'disabled'

const departmentOf = ({ department_id: id, department_names: names }: Standing): DepartmentLimit | null =>
  id === null ? null : { id, names: names ?? [] }

export async function callerOfToken(db: Database, token: string, now: Date): Promise<Caller | TokenFault> {
  const holder = await findTokenHolder(db, token)
  if (!holder) return 'unknown'
  const { operator } = holder
  if (holder.revoked_at) return 'revoked'
  if (holder.expires_at && holder.expires_at <= now) return 'expired'
  if (operator?.disabled_at) return 'disabled'
  const department = operator ? departmentOf(operator) : null
  return {
    actor: operator ? `operator:${operator.id}` : `token:${holder.id}`,
    organisation: holder.organisation,
    scopes: scopesWithin(scopesOfToken(holder, operator?.role ?? null), department),
    operatorId: operator?.id ?? null,
    tokenId: holder.id,
    department,
  }
}

/** For sessions: everything that the operator's role gives. @returns undefined when unknown or disabled */
export async function callerOfOperator(
  db: Database | Transaction,
  operatorId: string,
): Promise<Caller | undefined> {
  const operator = await findOperator(db, operatorId)
  if (!operator || operator.disabled_at) return undefined
  const department = departmentOf(operator)
  return {
    actor: `operator:${operator.id}`,
    organisation: operator.organisation,
    scopes: scopesWithin(scopesOf(operator.role), department),
    operatorId: operator.id,
    tokenId: null,
    department,
  }
}
