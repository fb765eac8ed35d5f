/**
 * Queued applications that the service has answered already: a report told of a certificate for the very key. So it is after a
 * backup was restored that is older than the last upload, or when somebody uploaded the CSR by hand. They are not sent (again).
 * Source: docs/issuance-cycle.md, step 5; docs/operations.md, "Backup".
 */
import { listSealedWith, lockAssembly } from '../store/applications.js'
import { appendAudit } from '../store/audit.js'
import { moveBatchState } from '../store/batches.js'
import { listReportedByKey, type ReportedCertificate } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { completeWith } from './complete-application.js'
import { applyMovesIn, type Move } from './move-applications.js'
import type { Environment } from './ports/environment.js'
import { requeueRest } from './refuse-batch.js'

function moveOf(env: Environment, row: ApplicationRow, certificate: ReportedCertificate): Move[] {
  try {
    const { issuanceSystem } = env.organisation(row.organisation)
    const move = completeWith(env, issuanceSystem, row, certificate)
    return move ? [move] : []
  } catch (error) {
    env.log.error({ application: row.id, err: error }, 'a certificate that is there could not be taken over')
    return []
  }
}

/**
 * Takes over the certificates that are there, of queued applications that the transaction has locked.
 * @returns the others, and how many were taken over
 */
export async function takeOverIssued(
  env: Environment,
  trx: Transaction,
  organisation: string,
  queued: readonly ApplicationRow[],
): Promise<{ rest: ApplicationRow[]; taken: number }> {
  const keys = queued.flatMap(({ spki_sha256: key }) => key ?? [])
  const certificates = await listReportedByKey(trx, organisation, keys)
  const certificateOf = ({ spki_sha256: key }: ApplicationRow) => certificates.get(key ?? '')
  const moves = queued.flatMap((row) => {
    const certificate = certificateOf(row)
    return certificate ? moveOf(env, row, certificate) : []
  })
  const taken = await applyMovesIn(env, trx, moves)
  return { rest: queued.filter((row) => !certificateOf(row)), taken }
}

/**
 * Takes files apart that are sealed and not uploaded, and have a row for one of these keys, of which a report tells now:
 * what is not answered goes into a new one. Nothing is sealed meanwhile, and afterwards the certificates are there to be found.
 * @returns how many
 */
export async function takeApartSealed(
  env: Environment,
  trx: Transaction,
  organisation: string,
  keys: readonly string[],
): Promise<number> {
  await lockAssembly(trx, organisation)
  const ids = await listSealedWith(trx, organisation, keys)
  for (const id of ids) {
    if (!(await moveBatchState(trx, id, { from: ['sealed'], to: 'refused' }))) continue
    await requeueRest(trx, { id }, env.now(), ['batched'])
    await appendAudit(trx, [
      { at: env.now(), actor: 'gateway', action: 'batch.found-in-report', subject: id },
    ])
  }
  return ids.length
}
