/**
 * Work of an organisation, or with an issuance system, that the configuration has no longer, perhaps since it has another
 * id there: it stays as it is, keeps nobody else's waiting, and an operator hears of it.
 */
import { findForgotten } from '../store/live-counts.js'
import type { Environment } from './ports/environment.js'

export const hasOrganisation = ({ config }: Environment, id: string): boolean =>
  config.organisations.some((organisation) => organisation.id === id)

/** Those that files are sent to, and reports read from, without a person. */
export const automaticSystems = ({ config, issuanceSystem }: Environment): string[] =>
  config.issuanceSystems.map(({ id }) => id).filter((id) => issuanceSystem(id).worksByItself)

/** Said at each sweep, as long as it is so. */
export async function tellForgotten({ config, db, log }: Environment): Promise<void> {
  const forgotten = await findForgotten(db, {
    organisations: config.organisations.map(({ id }) => id),
    issuanceSystems: config.issuanceSystems.map(({ id }) => id),
  })
  if (forgotten.organisations.length + forgotten.issuanceSystems.length > 0)
    log.error(forgotten, 'work waits that the configuration knows nothing of any more')
}
