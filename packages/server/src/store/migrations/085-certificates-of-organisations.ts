/**
 * A certificate is known by its serial within its organisation: what one organisation enters under a serial takes nothing from
 * another. Serial first: some look for it alone.
 */
import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table certificate_reissues add column organisation text`,
  `update certificate_reissues set organisation = certificates.organisation
    from certificates where certificates.serial = certificate_reissues.serial`,
  `alter table certificate_reissues drop constraint certificate_reissues_serial_fkey,
    drop constraint certificate_reissues_pkey`,
  `alter table certificates drop constraint certificates_pkey, add primary key (serial, organisation)`,
  `alter table certificate_reissues add primary key (serial, organisation),
    add foreign key (serial, organisation) references certificates`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
