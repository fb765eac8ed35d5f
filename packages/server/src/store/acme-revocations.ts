/** What revokeCert (RFC 8555 §7.6) asks of the store. */
import { sql } from 'kysely'
import { endedWithoutCertificate } from '../issuance/states.js'
import type { Transaction } from './database.js'
import type { CertificateRow } from './tables.js'

/**
 * Whether a revocation of this certificate is under way or done. One that waits for an operator may be rejected yet, and
 * keeps no holder from giving the certificate up; what others applied for under its serial is theirs.
 */
export const isRevoking = async (
  trx: Transaction,
  { organisation, serial }: Pick<CertificateRow, 'organisation' | 'serial'>,
): Promise<boolean> =>
  (await trx
    .selectFrom('applications')
    .select('id')
    .where('kind', '=', sql.lit('server-revoke'))
    .where(sql<boolean>`fields->>'serial' = ${serial}`)
    .where('organisation', '=', organisation)
    .where(
      'state',
      'not in',
      [...endedWithoutCertificate, 'awaiting-approval' as const].map((state) => sql.lit(state)),
    )
    .executeTakeFirst()) !== undefined
