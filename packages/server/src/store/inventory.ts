/** The inventory of certificates: search, what is due, what has run out. */
import { type ExpressionBuilder, sql } from 'kysely'
import type { CertificateStatus } from '../issuance/states.js'
import type { Database, Transaction } from './database.js'
import type { CertificateCategory, CertificateRow, Tables } from './tables.js'
import { withinNames } from './within-names.js'

const columns = [
  'serial',
  'organisation',
  'category',
  'origin',
  'common_name',
  'subject_dn',
  'issuer_dn',
  'names',
  'status',
  'not_before',
  'not_after',
  'application_id',
  'replaces_serial',
  'revoked_at',
  'revocation_reason',
  'replacement_confirmed_at',
] as const satisfies (keyof CertificateRow)[]

export type CertificateSummary = Pick<CertificateRow, (typeof columns)[number]>

export interface InventoryFilter {
  organisation: string
  /** Names of a department: only certificates whose CN is among them. */
  within?: readonly string[]
  /** Part of a name, the subject or the serial. */
  q?: string
  status?: CertificateStatus
  category?: CertificateCategory
  commonName?: string
  serial?: string
  /** Any of these, in decimal. */
  serials?: readonly string[]
  /** Part of the issuer's name. */
  issuer?: string
  issuedFrom?: Date
  issuedBefore?: Date
  expiresFrom?: Date
  expiresBefore?: Date
}

const like = (part: string): string => `%${part.replace(/[\\%_]/g, (character) => `\\${character}`)}%`

/** As the index certificates_searched has it. */
const searched = sql<string>`searchable_certificate(common_name, subject_dn, serial, names)`

/** The index has trigrams: of fewer letters in a row it knows nothing, and would be read whole before every certificate is. */
const hasTrigram = (q: string): boolean => /[a-z0-9]{3}/i.test(q)

const holds = (eb: ExpressionBuilder<Tables, 'certificates'>, q: string) =>
  hasTrigram(q)
    ? eb(searched, 'ilike', like(q))
    : eb.or([
        eb('common_name', 'ilike', like(q)),
        eb('subject_dn', 'ilike', like(q)),
        eb('serial', 'like', like(q)),
        eb(sql<string>`array_to_string(names, ' ')`, 'ilike', like(q)),
      ])

const cnWithin = (names: readonly string[]) =>
  withinNames(sql`array[${sql.ref('certificates.common_name')}]`, names)

function matching(db: Database | Transaction, filter: InventoryFilter) {
  let query = db.selectFrom('certificates').where('organisation', '=', filter.organisation)
  if (filter.within) query = query.where(cnWithin(filter.within))
  if (filter.q) query = query.where((eb) => holds(eb, filter.q ?? ''))
  if (filter.status) query = query.where('status', '=', filter.status)
  if (filter.category) query = query.where('category', '=', filter.category)
  if (filter.commonName) query = query.where('common_name', '=', filter.commonName.toLowerCase())
  if (filter.serial) query = query.where('serial', '=', filter.serial)
  if (filter.serials) query = query.where('serial', '=', sql<string>`any(${filter.serials})`)
  if (filter.issuer) query = query.where('issuer_dn', 'ilike', like(filter.issuer))
  if (filter.issuedFrom) query = query.where('not_before', '>=', filter.issuedFrom)
  if (filter.issuedBefore) query = query.where('not_before', '<', filter.issuedBefore)
  if (filter.expiresFrom) query = query.where('not_after', '>=', filter.expiresFrom)
  if (filter.expiresBefore) query = query.where('not_after', '<', filter.expiresBefore)
  return query
}

/** What ends first comes first. @param page.after serial of the last certificate of the page before */
export function searchCertificates(
  db: Database,
  filter: InventoryFilter,
  page: { after?: string; limit: number },
): Promise<CertificateSummary[]> {
  let query = matching(db, filter).select(columns)
  if (page.after !== undefined)
    query = query.where(
      sql<boolean>`(not_after, serial) > (select not_after, serial from certificates
        where serial = ${page.after} and organisation = ${filter.organisation})`,
    )
  return query.orderBy('not_after').orderBy('serial').limit(page.limit).execute()
}

/** Serials of everything that matches, for an act on all of it. */
export async function listSerials(
  trx: Transaction,
  filter: InventoryFilter,
  statuses: readonly CertificateStatus[],
): Promise<string[]> {
  const rows = await matching(trx, filter)
    .select('serial')
    .where('status', 'in', statuses)
    .orderBy('not_after')
    .orderBy('serial')
    .execute()
  return rows.map(({ serial }) => serial)
}

export type PlannedCertificate = Pick<
  CertificateRow,
  'serial' | 'common_name' | 'names' | 'not_after' | 'status'
>

/** Certificates of the organisation by their serials; what ends first comes first. */
export const listPlanned = (
  db: Database,
  { organisation, serials }: Pick<CertificateRow, 'organisation'> & { serials: readonly string[] },
): Promise<PlannedCertificate[]> =>
  matching(db, { organisation, serials })
    .select(['serial', 'common_name', 'names', 'not_after', 'status'])
    .orderBy('not_after')
    .orderBy('serial')
    .execute()

export interface DueFilter {
  organisation: string
  within?: readonly string[]
  now: Date
  limit: number
}

/** Valid certificates that end within so many days, the first to end first. */
export const listExpiring = (
  db: Database,
  { organisation, within, now, limit, days }: DueFilter & { days: number },
): Promise<CertificateSummary[]> =>
  db
    .selectFrom('certificates')
    .select(columns)
    .where('organisation', '=', organisation)
    .$if(within !== undefined, (query) => query.where(cnWithin(within ?? [])))
    .where('status', '=', 'valid')
    .where('not_after', '>', now)
    .where('not_after', '<=', new Date(now.getTime() + days * 86_400_000))
    .orderBy('not_after')
    .orderBy('serial')
    .limit(limit)
    .execute()

/** Replaced certificates that are still good for use, though their successor was issued before `since`. */
export const listUnconfirmed = (
  db: Database,
  { organisation, within, now, limit, since }: DueFilter & { since: Date },
): Promise<CertificateSummary[]> =>
  db
    .selectFrom('certificates')
    .select(columns)
    .where('organisation', '=', organisation)
    .$if(within !== undefined, (query) => query.where(cnWithin(within ?? [])))
    .where('status', '=', 'replaced')
    .where('not_after', '>', now)
    .where('replacement_confirmed_at', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('certificates as successor')
          .select('successor.serial')
          .whereRef('successor.replaces_serial', '=', 'certificates.serial')
          .whereRef('successor.organisation', '=', 'certificates.organisation')
          .where('successor.not_before', '<=', since),
      ),
    )
    .orderBy('not_after')
    .orderBy('serial')
    .limit(limit)
    .execute()

/** Certificates whose time is over, and the applications that they were issued for. */
export async function expireCertificates(db: Database, now: Date): Promise<void> {
  await sql`with ended as (
      update certificates set status = 'expired' where status in ('valid', 'replaced') and not_after <= ${now}
      returning serial, organisation)
    update applications set state = 'expired', updated_at = ${now} from ended
    where certificate_serial = ended.serial and applications.organisation = ended.organisation
      and applications.state in ('issued', 'replaced')`.execute(db)
}

/** @returns false when it was confirmed before */
export async function markConfirmed(
  trx: Transaction,
  { organisation, serial }: Pick<CertificateRow, 'organisation' | 'serial'>,
  { now, by }: { now: Date; by: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('certificates')
    .set({ replacement_confirmed_at: now, replacement_confirmed_by: by })
    .where('serial', '=', serial)
    .where('organisation', '=', organisation)
    .where('replacement_confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export interface RevocationsOf {
  organisation: string
  serials: readonly string[]
  withWaiting: boolean
}

/**
 * A revocation that is under way or done, by the serial of its certificate. What others applied for under a serial of
 * this organisation is theirs.
 * @param wanted.serials in decimal
 * @param wanted.withWaiting also one that waits for an operator: it may be rejected yet
 */
export async function findRevocations(
  db: Database | Transaction,
  { organisation, serials, withWaiting }: RevocationsOf,
): Promise<Map<string, string>> {
  // As the index applications_revoking_any has it.
  const { rows } = await sql<{
    serial: string
    id: string
  }>`select fields->>'serial' as serial, id from applications
    where kind in ('server-revoke', 'client-revoke', 'smime-revoke') and fields->>'serial' = any(${serials})
    and organisation = ${organisation}
    and state not in ('refused', 'rejected', 'failed', 'cancelled')
    and (${withWaiting}::boolean or state <> 'awaiting-approval')`.execute(db)
  return new Map(rows.map(({ serial, id }) => [serial, id]))
}

/** Of the serials, in decimal, those of the organisation's certificates that are revoked or have expired. */
export async function findEnded(
  db: Database | Transaction,
  { organisation, serials, now }: { organisation: string; serials: readonly string[]; now: Date },
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('certificates')
    .select('serial')
    .where('organisation', '=', organisation)
    .where('serial', '=', sql<string>`any(${serials})`)
    .where((eb) => eb.or([eb('status', '=', 'revoked'), eb('not_after', '<=', now)]))
    .execute()
  return new Set(rows.map(({ serial }) => serial))
}
