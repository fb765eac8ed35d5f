/**
 * The first statement of a transaction, which takes BEGIN along: one way to PostgreSQL instead of two.
 *
 * Both stand before one Sync, so a BEGIN that fails keeps the statement from being run: the server then passes over all
 * that comes before the Sync. Source: PostgreSQL 15, 55.2.3, "Extended Query".
 */
import pg from 'pg'

/** What a connection has prepared before its first such statement. */
export const begin = { name: 'upki-begin', text: 'begin' } as const

type Outcome = (error: Error | undefined, result: pg.QueryResult) => void
type Complete = (message: unknown, connection: pg.Connection) => void
/** What the driver has and its types do not say. */
type Whole = { handleCommandComplete: Complete }

const { submit } = pg.Query.prototype
const { handleCommandComplete } = pg.Query.prototype as unknown as Whole

/** Of a statement with values, since others may be several in one text. */
export class FirstOfTransaction extends pg.Query {
  #hasBegun = false

  constructor(config: pg.QueryConfig, values: unknown[], outcome: Outcome) {
    super(config, values, outcome as ConstructorParameters<typeof pg.Query>[2])
  }

  override submit = (connection: pg.Connection): void => {
    connection.stream.cork()
    connection.bind({ statement: begin.name }, true)
    connection.execute({}, true)
    submit.call(this, connection)
    connection.stream.uncork()
  }

  handleCommandComplete: Complete = (message, connection) => {
    if (this.#hasBegun) handleCommandComplete.call(this, message, connection)
    this.#hasBegun = true
  }
}
