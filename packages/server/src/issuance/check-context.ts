/** What the check of some rows needs from the store: what was issued for their names, which keys were used, what is revoked. */
import {
  type Application,
  type ApplicationInput,
  isApplicationKind,
  revokesCertificate,
} from '@upki-gateway/shared/application'
import { type CheckContext, completeApplications } from '@upki-gateway/shared/check'
import { parseCsr } from '@upki-gateway/shared/csr'
import { decimalOf } from '@upki-gateway/shared/identifier'
import { organisationContext } from '../policy/organisation-context.js'
import type { Database, Transaction } from '../store/database.js'
import { findHistory } from '../store/history.js'
import { findEnded, findRevocations } from '../store/inventory.js'
import type { Environment } from './ports/environment.js'

/** Identity of the key of a row, or undefined where its CSR is missing or unreadable: the check says so. */
function keyOf({ fields }: Application): string | undefined {
  try {
    return fields.csr === undefined ? undefined : parseCsr(fields.csr).keyIdentity
  } catch {
    return undefined
  }
}

/** Runs completion once to learn which names it asks the history for; the answers then come from the store. */
function namesAskedFor(
  inputs: readonly ApplicationInput[],
  context: CheckContext,
): { names: string[]; drafts: Application[] } {
  const names = new Set<string>()
  const history = (commonName: string) => {
    names.add(commonName)
    return undefined
  }
  const { applications } = completeApplications(inputs, { ...context, history })
  return { names: [...names], drafts: applications }
}

/** Serials of the certificates that rows revoke, in decimal. */
export const revokedSerials = (rows: readonly Pick<ApplicationInput, 'kind' | 'fields'>[]): string[] =>
  rows.flatMap(({ kind, fields }) =>
    isApplicationKind(kind) && revokesCertificate(kind) ? (decimalOf(fields.serial ?? '') ?? []) : [],
  )

async function revocationsFor(
  db: Database | Transaction,
  wanted: { organisation: string; serials: readonly string[]; now: Date },
): Promise<Pick<CheckContext, 'hasEnded' | 'revokedBy'>> {
  if (wanted.serials.length === 0) return {}
  const ended = await findEnded(db, wanted)
  // One that waits for an operator may be rejected yet.
  const revocations = await findRevocations(db, { ...wanted, withWaiting: false })
  return { hasEnded: (serial) => ended.has(serial), revokedBy: (serial) => revocations.get(serial) }
}

export async function contextFor(
  env: Environment,
  db: Database | Transaction,
  organisationId: string,
  inputs: readonly ApplicationInput[],
): Promise<CheckContext> {
  const organisation = env.organisation(organisationId)
  const base = organisationContext(organisation)
  const { names, drafts } = namesAskedFor(inputs, base)
  const known = await findHistory(db, {
    organisation: organisation.id,
    // Nothing was ever issued for others, and the store takes no text with U+0000: the check tells of that by field.
    names: names.filter((name) => !name.includes('\0')),
    keys: drafts.flatMap((draft) => keyOf(draft) ?? []),
  })
  const revoked = { organisation: organisation.id, serials: revokedSerials(drafts), now: env.now() }
  const revocations = await revocationsFor(db, revoked)
  return {
    ...base,
    ...revocations,
    history: (name) => known.newest.get(name),
    keySeen: (key) => known.keys.has(key),
  }
}
