/**
 * From what a caller wrote to applications on disk.
 *
 * Fills what the organisation fixes, decides issue or renewal from the history of
 * the CN, checks every row, and stores all rows or none. When this resolves, the
 * rows are committed. Source: docs/issuance-cycle.md, steps 1 to 3.
 */
import type { Application, ApplicationInput } from '@upki-gateway/shared/application'
import {
  ApplicationChecker,
  checkApplications,
  completeApplications,
  type Filled,
} from '@upki-gateway/shared/check'
import { parseCsr } from '@upki-gateway/shared/csr'
import { decimalOf } from '@upki-gateway/shared/identifier'
import type { Finding } from '@upki-gateway/shared/problem'
import { covers } from '../policy/approval.js'
import { listLiveApprovals } from '../store/approvals.js'
import { insertAccepted } from '../store/applications.js'
import { lockCertificates } from '../store/certificates.js'
import type { Database, Transaction } from '../store/database.js'
import type { ApprovalRow, NewApplicationRow } from '../store/tables.js'
import { groupBy } from './group-by.js'
import { contextFor, revokedSerials } from './check-context.js'
import { judgeMany } from './judge-many.js'
import { namesOfApplication } from './names-of-application.js'
import { newId } from './new-id.js'
import { type Priority, queueOrder } from './queue-order.js'
import type { Environment } from './ports/environment.js'
import { traced } from './ports/trace.js'
import type { FilledValue } from './states.js'

export interface AcceptRequest {
  organisation: string
  inputs: readonly ApplicationInput[]
  /** `token:<id>` or `account:<id>`. */
  actor: string
  /** The approval that an account carries, or null; else one that covers the names is looked for. */
  approval?: ApprovalRow | null
  /** An operator looks at it whatever covers it. */
  needsOperator?: boolean
  /** An operator's own application needs no second look. */
  approvedByActor?: boolean
  /** Else it follows from the number of rows. */
  priority?: Priority
}

export type AcceptOutcome =
  | { accepted: true; applications: NewApplicationRow[]; findings: Finding[] }
  /** Nothing was stored. `findings` holds at least one error. */
  | { accepted: false; findings: Finding[] }

type Db = Database | Transaction

interface Checked {
  applications: Application[]
  filled: Filled[]
  findings: Finding[]
}

/** Facts of each row that are stored beside it and searched by. */
interface RowFacts {
  commonName: string | null
  csrSha256: string | null
  keyIdentity: string | null
}

function factsOf({ fields }: Application): RowFacts {
  const csr = fields.csr === undefined ? undefined : parseCsr(fields.csr)
  return {
    commonName: fields.fqdn?.toLowerCase() ?? null,
    csrSha256: csr?.sha256 ?? null,
    keyIdentity: csr?.keyIdentity ?? null,
  }
}

async function check(env: Environment, db: Db, request: AcceptRequest): Promise<Checked> {
  const context = await contextFor(env, db, request.organisation, request.inputs)
  const { applications, filled } = completeApplications(request.inputs, context)
  const judged = await judgeMany(applications, context)
  const findings = judged
    ? new ApplicationChecker().finish(applications, judged, context)
    : checkApplications(applications, context)
  return { applications, filled, findings }
}

function findApproval(application: Application, approvals: readonly ApprovalRow[], now: Date): string | null {
  const { subscriberEmail, profileId } = application.fields
  const wish = { names: namesOfApplication(application), subscriberEmail, profileId }
  return approvals.find((approval) => covers(approval, wish, now))?.id ?? null
}

/** A serial in one form, so that an application is found by it however it was written; the service takes both. */
const storedFields = ({ fields }: Application): Application['fields'] =>
  fields.serial === undefined ? fields : { ...fields, serial: decimalOf(fields.serial) ?? fields.serial }

function toRow(
  env: Environment,
  request: AcceptRequest,
  application: Application,
  row: Pick<NewApplicationRow, 'approval_id' | 'filled' | 'findings' | 'kind_decided'>,
): NewApplicationRow {
  const now = env.now()
  const facts = factsOf(application)
  const approved =
    request.approvedByActor === true ||
    (request.needsOperator !== true &&
      (row.approval_id != null || env.organisation(request.organisation).approval === 'auto'))
  return {
    ...row,
    id: newId(),
    organisation: request.organisation,
    kind: application.kind,
    state: approved ? 'queued' : 'awaiting-approval',
    fields: JSON.stringify(storedFields(application)),
    common_name: facts.commonName,
    csr_sha256: facts.csrSha256,
    spki_sha256: facts.keyIdentity,
    traceparent: env.trace.current(),
    ...queueOrder(request.priority, request.inputs.length, now),
    created_by: request.actor,
    created_at: now,
    updated_at: now,
  }
}

const withoutRow = ({ field, value, why }: Filled): FilledValue => ({ field, value, why })

async function usableApprovals(
  env: Environment,
  db: Db,
  { approval, organisation }: AcceptRequest,
): Promise<ApprovalRow[]> {
  if (approval === null) return []
  if (approval) return approval.organisation === organisation ? [approval] : []
  const approvals = await listLiveApprovals(db, { organisation, now: env.now() })
  return approvals.filter(({ account_id: account }) => account === null)
}

async function store(
  env: Environment,
  db: Db,
  request: AcceptRequest,
  checked: Checked,
): Promise<NewApplicationRow[]> {
  const usable = await usableApprovals(env, db, request)
  const filled = groupBy(checked.filled, ({ row }) => row)
  const findings = groupBy(checked.findings, ({ row }) => row)
  const rows = checked.applications.map((application, index) =>
    toRow(env, request, application, {
      approval_id: findApproval(application, usable, env.now()),
      filled: JSON.stringify((filled.get(index + 1) ?? []).map(withoutRow)),
      findings: JSON.stringify(findings.get(index + 1) ?? []),
      kind_decided: (request.inputs[index]?.kind ?? 'server') === 'server',
    }),
  )
  const entryOf = ({ id, state, approval_id }: NewApplicationRow) => ({
    at: env.now(),
    actor: request.actor,
    action: 'application.accept',
    subject: id,
    detail: { state, approval: approval_id ?? undefined },
  })
  await insertAccepted(
    db,
    rows.map((row) => ({ row, entry: entryOf(row) })),
  )
  return rows
}

/** Accepts all rows or none, inside the caller's transaction if there is one; the caller rings the bell after its commit. */
export const acceptApplications = (
  env: Environment,
  db: Db,
  request: AcceptRequest,
): Promise<AcceptOutcome> =>
  traced(env.trace, 'accept', { facts: { 'upki.rows': request.inputs.length } }, () =>
    accept(env, db, request),
  )

/** Two revocations of one certificate at once: the second waits, and is told of the first. */
async function accept(env: Environment, db: Db, request: AcceptRequest): Promise<AcceptOutcome> {
  const serials = revokedSerials(request.inputs)
  if (serials.length === 0) return checkAndStore(env, db, request)
  const work = async (trx: Transaction) => {
    await lockCertificates(trx, request.organisation, serials)
    return checkAndStore(env, trx, request)
  }
  return db.isTransaction ? work(db as Transaction) : db.transaction().execute(work)
}

async function checkAndStore(env: Environment, db: Db, request: AcceptRequest): Promise<AcceptOutcome> {
  const checked = await check(env, db, request)
  if (checked.findings.some(({ grade }) => grade === 'error'))
    return { accepted: false, findings: checked.findings }
  const applications = await store(env, db, request, checked)
  return { accepted: true, applications, findings: checked.findings }
}
