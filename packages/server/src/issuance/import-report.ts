/**
 * The history that a report tells: every certificate in it, with what became of it.
 *
 * Rows are taken as they come, so one reading serves the import and the applications under way, or several
 * organisations. Importing the same report again changes nothing. Source: docs/issuance-cycle.md, step 10.
 */
import { decimalOf } from '@upki-gateway/shared/identifier'
import type { ReportRow } from '@upki-gateway/shared/report'
import { appendAudit } from '../store/audit.js'
import {
  deleteMistaken,
  findStatuses,
  insertCertificates,
  markReplaced,
  markRevoked,
  type KnownStatus,
} from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { NewCertificateRow } from '../store/tables.js'
import { takeApartSealed } from './already-issued.js'
import { commonNameOf, factsOfCertificate } from './certificate-facts.js'
import type { Environment } from './ports/environment.js'
import type { ReportName } from './ports/issuance-system.js'
import type { CertificateStatus } from './states.js'

const ROWS_AT_ONCE = 500

export interface ImportCounts {
  rows: number
  /** Certificates that were not known. */
  added: number
  /** Certificates that were replaced or revoked since. */
  changed: number
  /** Rows with a certificate that cannot be read; they are left out. */
  unreadable: number
}

export interface ImportSource {
  organisation: string
  name: ReportName
  actor: string
  /** Counted up while rows pass. */
  counts: ImportCounts
}

const statusOf = ({ status }: ReportRow): CertificateStatus =>
  status === 'revoked' || status === 'replaced' ? status : 'valid'

/** What was revoked stays so, and so does what has expired: only these two things happen to a certificate. */
const isNews = (known: CertificateStatus, told: CertificateStatus): boolean =>
  (told === 'revoked' && known !== 'revoked') || (told === 'replaced' && known === 'valid')

function toRow(env: Environment, { organisation, name }: ImportSource, row: ReportRow): NewCertificateRow {
  const facts = factsOfCertificate(row.certificatePem)
  return {
    ...facts,
    organisation,
    application_id: null,
    common_name: row.fqdn.toLowerCase() || commonNameOf(row.certificatePem),
    subject_dn: row.subjectDn,
    profile_id: row.profileId || null,
    chain_pem: '',
    status: statusOf(row),
    category: name,
    origin: 'report',
    replaces_serial: decimalOf(row.oldSerial) ?? null,
    subscriber_email: row.subscriberEmail || null,
    revocation_reason: row.status === 'revoked' ? row.revocationReason || null : null,
    created_at: env.now(),
  }
}

function readNew(env: Environment, source: ImportSource, row: ReportRow): NewCertificateRow[] {
  try {
    return [toRow(env, source, row)]
  } catch {
    source.counts.unreadable += 1
    return []
  }
}

async function changeOne(
  env: Environment,
  trx: Transaction,
  { actor, organisation }: ImportSource,
  row: Issued,
): Promise<void> {
  const now = env.now()
  if (row.status === 'revoked')
    await markRevoked(
      trx,
      { organisation, serial: row.serial },
      { now, reason: row.revocationReason || null },
    )
  else await markReplaced(trx, { organisation, serial: row.serial }, now)
  const detail = { organisation, by: 'report' }
  await appendAudit(trx, [
    { at: now, actor, action: `certificate.${row.status}`, subject: row.serial, detail },
  ])
}

/** Not told by the service yet: what somebody entered may be another certificate. */
const isToRead = (known: KnownStatus | undefined): boolean =>
  known === undefined || known.origin === 'entered'

/** A text with U+0000 cannot be stored; one row with it must not keep all others out. */
const isStorable = ({ subjectDn, fqdn, profileId, subscriberEmail, revocationReason }: ReportRow): boolean =>
  ![subjectDn, fqdn, profileId, subscriberEmail, revocationReason].join('').includes('\0')

/** What somebody entered under a serial of these gives way: the service knows its own certificates. */
async function correct(
  env: Environment,
  trx: Transaction,
  { actor, organisation }: ImportSource,
  rows: readonly NewCertificateRow[],
): Promise<void> {
  const mistaken = await deleteMistaken(trx, rows)
  const entry = {
    at: env.now(),
    actor,
    action: 'certificate.correct',
    detail: { organisation, by: 'report' },
  }
  await appendAudit(
    trx,
    mistaken.map((subject) => ({ ...entry, subject })),
  )
}

type Issued = ReportRow & { serial: string }

/** @returns how many sealed files were taken apart for what is there now */
async function addNew(
  env: Environment,
  trx: Transaction,
  source: ImportSource,
  told: readonly Issued[],
): Promise<number> {
  const rows = told.flatMap((row) => readNew(env, source, row))
  await correct(env, trx, source, rows)
  const added = await insertCertificates(trx, rows)
  source.counts.added += added
  if (added === 0) return 0
  const keys = rows.flatMap(({ spki_sha256: key }) => key ?? [])
  return takeApartSealed(env, trx, source.organisation, keys)
}

async function storeIssued(
  env: Environment,
  trx: Transaction,
  source: ImportSource,
  issued: readonly Issued[],
): Promise<number> {
  const serials = issued.map(({ serial }) => serial)
  const known = await findStatuses(trx, source.organisation, serials)
  const told = issued.filter(({ serial }) => isToRead(known.get(serial)))
  const takenApart = await addNew(env, trx, source, told)
  for (const row of issued) {
    const before = known.get(row.serial)
    if (!before || !isNews(before.status, statusOf(row))) continue
    await changeOne(env, trx, source, row)
    source.counts.changed += 1
  }
  return takenApart
}

async function store(env: Environment, source: ImportSource, all: readonly ReportRow[]): Promise<void> {
  const rows = all.filter(isStorable)
  source.counts.unreadable += all.length - rows.length
  const issued = rows.flatMap((row) => {
    const serial = decimalOf(row.serial)
    return serial !== undefined && row.certificatePem !== '' ? [{ ...row, serial }] : []
  })
  if (issued.length === 0) return
  const takenApart = await env.db.transaction().execute((trx) => storeIssued(env, trx, source, issued))
  if (takenApart > 0) env.ring('assemble')
}

async function record(env: Environment, { actor, organisation, name, counts }: ImportSource): Promise<void> {
  const entry = {
    at: env.now(),
    actor,
    action: 'report.take',
    subject: organisation,
    detail: { name, ...counts },
  }
  await env.db.transaction().execute((trx) => appendAudit(trx, [entry]))
}

export interface ReportImport {
  source: ImportSource
  /** Rows are stored by hundreds. */
  take: (row: ReportRow) => Promise<void>
  /** After the last row: now all of them are stored, and that is recorded. */
  end: () => Promise<void>
}

export function beginImport(env: Environment, from: Omit<ImportSource, 'counts'>): ReportImport {
  const source: ImportSource = { ...from, counts: { rows: 0, added: 0, changed: 0, unreadable: 0 } }
  const waiting: ReportRow[] = []
  return {
    source,
    take: async (row) => {
      source.counts.rows += 1
      waiting.push(row)
      if (waiting.length === ROWS_AT_ONCE) await store(env, source, waiting.splice(0))
    },
    end: async () => {
      await store(env, source, waiting)
      await record(env, source)
    },
  }
}

/** Yields every row of the report; when it ends, all of it is stored and recorded. */
export async function* importReport(
  rows: AsyncIterable<ReportRow>,
  { take, end }: ReportImport,
): AsyncGenerator<ReportRow> {
  for await (const row of rows) {
    await take(row)
    yield row
  }
  await end()
}
