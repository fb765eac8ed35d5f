/**
 * Acts on many certificates at once, as incidents of a CA demand at short notice: first a plan that names every
 * certificate, then a word that it is to be carried out, with the number that was seen.
 * Source: docs/operations.md, "Incidents".
 */
import { ProblemError } from '../problem/problem-error.js'
import { markReissues } from '../store/acme-renewals.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import { confirmIncident, insertIncident, type NewIncident } from '../store/incidents.js'
import { type InventoryFilter, listSerials } from '../store/inventory.js'
import type { IncidentRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'
import { newId } from './new-id.js'
import { applyForRevocations } from './revoke-certificates.js'

/** More in one plan would be one transaction too large; narrow it by dates. */
const LARGEST_PLAN = 20_000
// As many rows as one request may bring.
const ROWS_AT_ONCE = 5_000

export type IncidentPlan = Pick<IncidentRow, 'organisation' | 'action' | 'terms'> & {
  filter: Omit<InventoryFilter, 'organisation'>
  actor: string
}

const refuse = (detail: string, ja: string): ProblemError =>
  new ProblemError('applicationsRefused', detail, { ja })

/** Replaced certificates are revoked too, but need no second replacement. */
const statusesFor = (action: IncidentRow['action']) =>
  action === 'revoke' ? (['valid', 'replaced'] as const) : (['valid'] as const)

export async function planIncident(
  env: Environment,
  trx: Transaction,
  { organisation, action, terms, filter, actor }: IncidentPlan,
): Promise<NewIncident> {
  const serials = await listSerials(trx, { ...filter, organisation }, statusesFor(action))
  if (serials.length === 0) throw refuse('No live certificate matches', '該当する有効な証明書がありません。')
  if (serials.length > LARGEST_PLAN)
    throw refuse(
      `${serials.length} certificates match; a plan takes ${LARGEST_PLAN}, narrow it by dates`,
      `${serials.length}件が該当します。1つの計画は${LARGEST_PLAN}件までです。期間で絞ってください。`,
    )
  const row: NewIncident = {
    ...{ id: newId(), organisation, action, terms, serials },
    ...{ criteria: filter, created_by: actor, created_at: env.now() },
  }
  await insertIncident(trx, row)
  const detail = { action, certificates: serials.length }
  await appendAudit(trx, [{ at: env.now(), actor, action: 'incident.plan', subject: row.id, detail }])
  return row
}

async function revokeAll(
  env: Environment,
  trx: Transaction,
  { organisation, serials, terms }: IncidentRow,
  actor: string,
): Promise<number> {
  let count = 0
  const { reason = '0', comment } = terms
  for (let start = 0; start < serials.length; start += ROWS_AT_ONCE) {
    const some = serials.slice(start, start + ROWS_AT_ONCE)
    const wanted = { organisation, serials: some, reason, comment, actor, approved: true }
    count += (await applyForRevocations(env, trx, wanted)).length
  }
  return count
}

async function reissueAll(
  env: Environment,
  trx: Transaction,
  { organisation, serials, terms }: IncidentRow,
  actor: string,
): Promise<number> {
  await markReissues(trx, serials, {
    organisation,
    replace_by: new Date(terms.replaceBy ?? env.now()),
    explanation_url: terms.explanationUrl ?? null,
    marked_by: actor,
    marked_at: env.now(),
  })
  return serials.length
}

/** Where two have to look, the plan is one's and the word to revoke another's. */
function checkOther(env: Environment, incident: IncidentRow, actor: string): void {
  const { approvers } = env.organisation(incident.organisation)
  if (incident.action !== 'revoke' || approvers === 1 || actor !== incident.created_by) return
  throw new ProblemError('conflict', 'Two operators have to look: another than who planned it confirms', {
    ja: '2人の確認が必要です。計画した人とは別の登録担当者が実行してください。',
  })
}

/**
 * @param seen how many certificates the operator saw in the plan
 * @returns how many certificates were acted on: some may have ended since the plan
 * @throws ProblemError conflict when the number is another, it was confirmed before, or another has to confirm it
 */
export async function carryOutIncident(
  env: Environment,
  trx: Transaction,
  incident: IncidentRow,
  { seen, actor }: { seen: number; actor: string },
): Promise<number> {
  if (seen !== incident.serials.length)
    throw new ProblemError('conflict', `The plan has ${incident.serials.length} certificates, not ${seen}`, {
      ja: `計画に含まれる証明書は${incident.serials.length}件で、${seen}件ではありません。`,
    })
  checkOther(env, incident, actor)
  if (!(await confirmIncident(trx, incident.id, { now: env.now(), by: actor })))
    throw new ProblemError('conflict', 'The plan was carried out before', { ja: 'この計画は実行済みです。' })
  const act = incident.action === 'revoke' ? revokeAll : reissueAll
  const count = await act(env, trx, incident, actor)
  const detail = { action: incident.action, certificates: count }
  await appendAudit(trx, [{ at: env.now(), actor, action: 'incident.confirm', subject: incident.id, detail }])
  return count
}
