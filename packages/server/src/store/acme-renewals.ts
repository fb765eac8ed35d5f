/** What renewal information (RFC 9773) asks of the store: marks for re-issue, and which order replaces what. */
import { sql } from 'kysely'
import { endedWithoutCertificate } from '../issuance/states.js'
import type { OrderRow, ReissueRow } from './acme-tables.js'
import type { Database, Transaction } from './database.js'
import type { CertificateRow } from './tables.js'
import { withinNames } from './within-names.js'

export const findReissue = (
  db: Database,
  { organisation, serial }: Pick<CertificateRow, 'organisation' | 'serial'>,
): Promise<ReissueRow | undefined> =>
  db
    .selectFrom('certificate_reissues')
    .selectAll()
    .where('serial', '=', serial)
    .where('organisation', '=', organisation)
    .executeTakeFirst()

/** Of the serial numbers, those of the organisation's certificates; with `within`, whose CN is among the names of a department. */
export async function findOwnSerials(
  trx: Transaction,
  { organisation, within }: { organisation: string; within?: readonly string[] },
  serials: readonly string[],
): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('certificates')
    .select('serial')
    .where('organisation', '=', organisation)
    .where('serial', '=', sql<string>`any(${serials})`)
    .$if(within !== undefined, (query) =>
      query.where(withinNames(sql`array[${sql.ref('common_name')}]`, within ?? [])),
    )
    .execute()
  return new Set(rows.map(({ serial }) => serial))
}

/** Marks certificates of an organisation, or marks them anew. */
export async function markReissues(
  trx: Transaction,
  serials: readonly string[],
  mark: Omit<ReissueRow, 'serial'>,
): Promise<void> {
  await sql`insert into certificate_reissues (serial, organisation, replace_by, explanation_url, marked_by, marked_at)
    select serial, ${mark.organisation}, ${mark.replace_by}::timestamptz, ${mark.explanation_url}::text, ${mark.marked_by}, ${mark.marked_at}::timestamptz
    from unnest(${serials}::text[]) as serial
    on conflict (serial, organisation) do update set replace_by = excluded.replace_by,
      explanation_url = excluded.explanation_url, marked_by = excluded.marked_by, marked_at = excluded.marked_at`.execute(
    trx,
  )
}

export async function unmarkReissues(
  trx: Transaction,
  organisation: string,
  serials: readonly string[],
): Promise<void> {
  await trx
    .deleteFrom('certificate_reissues')
    .where('serial', '=', sql<string>`any(${serials})`)
    .where('organisation', '=', organisation)
    .execute()
}

/** A certificate that this account ordered; who else wants to replace it waits until this transaction ends. */
export const lockCertificateOf = (
  trx: Transaction,
  accountId: string,
  serial: string,
): Promise<CertificateRow | undefined> =>
  trx
    .selectFrom('certificates')
    .selectAll()
    .where('serial', '=', serial)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('acme_orders')
          .select('acme_orders.id')
          .whereRef('acme_orders.application_id', '=', 'certificates.application_id')
          .where('acme_orders.account_id', '=', accountId),
      ),
    )
    .forUpdate()
    .executeTakeFirst()

/** RFC 9773 §5: the order now says what it replaces. */
export async function setReplaces(
  trx: Transaction,
  orderId: string,
  replaces: { replaces: string; replaces_serial: string | null },
): Promise<void> {
  await trx.updateTable('acme_orders').set(replaces).where('id', '=', orderId).execute()
}

/** Whether another order, which is not invalid, replaces the certificate; as orders/order-status.ts has it. */
export const isReplacedByAnother = async (
  trx: Transaction,
  serial: string,
  { id, organisation }: Pick<OrderRow, 'id' | 'organisation'>,
  now: Date,
): Promise<boolean> =>
  (await trx
    .selectFrom('acme_orders')
    .leftJoin('applications', 'applications.id', 'acme_orders.application_id')
    .select('acme_orders.id')
    .where('replaces_serial', '=', serial)
    .where('acme_orders.organisation', '=', organisation)
    .where('acme_orders.id', '<>', id)
    .where((eb) =>
      eb.or([
        eb('applications.state', 'not in', endedWithoutCertificate),
        eb.and([
          eb('application_id', 'is', null),
          eb('acme_orders.error', 'is', null),
          eb('acme_orders.expires_at', '>', now),
        ]),
      ]),
    )
    .executeTakeFirst()) !== undefined
