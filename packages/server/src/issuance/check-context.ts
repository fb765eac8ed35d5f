/** What the check of some rows needs from the store: what was issued for their names, which keys were used. */
import type { Application, ApplicationInput } from '@upki-gateway/shared/application'
import { type CheckContext, completeApplications } from '@upki-gateway/shared/check'
import { parseCsr } from '@upki-gateway/shared/csr'
import { organisationContext } from '../policy/organisation-context.js'
import type { Database, Transaction } from '../store/database.js'
import { findHistory } from '../store/history.js'
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
  return { ...base, history: (name) => known.newest.get(name), keySeen: (key) => known.keys.has(key) }
}
