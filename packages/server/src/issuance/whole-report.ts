/**
 * Whether a report may be half of one. One that was cut between two rows looks like a whole one, but every certificate
 * that the service is known to have made has a row in it: with fewer rows it lets nothing be sent again by itself.
 * Source: docs/issuance-cycle.md, step 7.
 */
import type { IsWanted } from '@upki-gateway/shared/report'
import { countMade } from '../store/certificates.js'
import type { Environment } from './ports/environment.js'
import type { ReportName } from './ports/issuance-system.js'

/** Rows of each report, as far as it was read. */
export class RowCounts {
  readonly #counts = new Map<ReportName, number>()

  of(name: ReportName): number {
    return this.#counts.get(name) ?? 0
  }

  /** Also rows that are then left out. */
  counting(name: ReportName, isWanted: IsWanted): IsWanted {
    return (keys) => {
      this.#count(name)
      return isWanted(keys)
    }
  }

  async *counted<T>(name: ReportName, rows: AsyncIterable<T>): AsyncIterable<T> {
    for await (const row of rows) {
      this.#count(name)
      yield row
    }
  }

  #count(name: ReportName): void {
    this.#counts.set(name, this.of(name) + 1)
  }
}

/** Those whose rows stand in the reports of an issuance system. */
export const organisationsOf = ({ config }: Environment, systemId: string): string[] =>
  config.organisations.filter(({ issuanceSystem }) => issuanceSystem === systemId).map(({ id }) => id)

/**
 * How many rows each of these reports has, if it is whole. Asked before it is read: what is known then was told by an
 * earlier one, so a later one has no fewer.
 */
export async function leastRows(
  { db, now }: Environment,
  organisations: readonly string[],
  names: ReadonlySet<ReportName>,
): Promise<Map<ReportName, number>> {
  const least = new Map<ReportName, number>()
  for (const category of names)
    least.set(category, await countMade(db, { organisations, category, now: now() }))
  return least
}
