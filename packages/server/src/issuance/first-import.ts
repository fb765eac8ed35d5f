/**
 * The history, read from the service when the gateway first meets it: it decides between issue and renewal.
 * Source: docs/issuance-cycle.md, step 10.
 */
import type { ReportRow } from '@upki-gateway/shared/report'
import { isImported, markImported } from '../store/report-imports.js'
import { importReport } from './import-report.js'
import type { Environment } from './ports/environment.js'
import type { ReportName } from './ports/issuance-system.js'

/** An operator's credential shows one organisation; where several share a system, its O tells whose a row is. */
function ownRows(
  rows: AsyncIterable<ReportRow>,
  organizationName: string | undefined,
): AsyncIterable<ReportRow> {
  if (organizationName === undefined) return rows
  return (async function* () {
    for await (const row of rows) if (row.subjectDn.includes(`O=${organizationName},`)) yield row
  })()
}

async function importOne(env: Environment, systemId: string, name: ReportName): Promise<void> {
  const organisations = env.config.organisations.filter(({ issuanceSystem }) => issuanceSystem === systemId)
  for (const { id, organizationName } of organisations) {
    const rows = ownRows(
      env.issuanceSystem(systemId).report(name),
      organisations.length > 1 ? organizationName : undefined,
    )
    const counts = { rows: 0, added: 0, changed: 0, unreadable: 0 }
    const source = { organisation: id, name, actor: 'gateway', counts }
    const imported = importReport(env, rows, source)[Symbol.asyncIterator]()
    while (!(await imported.next()).done);
    env.log.info({ organisation: id, report: name, ...counts }, 'history imported')
  }
  await markImported(env.db, { issuance_system: systemId, name, at: env.now() })
}

/** Gateways that have all of it: the question is asked often. */
const complete = new WeakSet<Environment>()

/** Does nothing for what was imported before; what cannot be read now is tried again later. */
export async function importAtFirst(env: Environment): Promise<void> {
  if (complete.has(env)) return
  const failed: string[] = []
  for (const { id } of env.config.issuanceSystems) {
    if (!env.issuanceSystem(id).worksByItself) continue
    for (const name of ['server', 'client'] as const) {
      if (await isImported(env.db, id, name)) continue
      await importOne(env, id, name).catch((error: unknown) => {
        failed.push(name)
        env.log.warn({ issuanceSystem: id, report: name, err: error }, 'history not imported; will try again')
      })
    }
  }
  if (failed.length === 0) complete.add(env)
}
