/**
 * A connection to PostgreSQL that has its repeated statements prepared: planned once for each connection, not each time;
 * and whose transactions begin with their first statement.
 *
 * A text that comes again and again is sent under a name. Texts with `*` never are: when a migration of another process
 * adds a column, a prepared one answers "cached plan must not change result type", while one that names its columns is
 * planned anew. Nor are long texts, which are inserts of many rows and seldom the same.
 */
import pg from 'pg'
import { begin, FirstOfTransaction } from './first-of-transaction.js'

/** From this time on it is worth a name. */
const REPEATED = 3
const LONGEST = 4_000
/** Each takes memory in each session of the server. */
const MOST_NAMES = 250
/** Texts that are counted while they have no name. */
const MOST_COUNTED = 1_000

export class StatementNames {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** The name that a text is prepared under, or undefined while it is not worth one. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    if (text.length > LONGEST || this.#names.size >= MOST_NAMES || text.includes('*')) return undefined
    if (this.#count(text) < REPEATED) return undefined
    this.#counts.delete(text)
    const name = `upki-${this.#names.size + 1}`
    this.#names.set(text, name)
    return name
  }

  #count(text: string): number {
    if (this.#counts.size >= MOST_COUNTED) this.#counts.clear()
    const count = (this.#counts.get(text) ?? 0) + 1
    this.#counts.set(text, count)
    return count
  }
}

/** One text has one name in all connections of the process. */
const names = new StatementNames()

/** What a statement answers that the server need not hear. */
const nothing = { command: '', rowCount: 0, rows: [] }

type Send = (this: pg.Client, config: unknown, values?: unknown, callback?: unknown) => unknown
const send = Reflect.get(pg.Client.prototype, 'query') as Send

export class PreparedClient extends pg.Client {
  /** Whether a transaction was asked for of which the server does not know yet. */
  #isToBegin = false
  /** Whether this connection has BEGIN prepared. */
  #knowsBegin = false

  override query = ((config: unknown, values?: unknown, callback?: unknown): unknown => {
    if (typeof config === 'string' && Array.isArray(values) && callback === undefined)
      return this.#ask(config, values)
    return send.call(this, config, values, callback)
  }) as pg.Client['query']

  /** As kysely asks: a text with its values, for a promise. */
  #ask(text: string, values: unknown[]): unknown {
    if (text === begin.text) return this.#begin()
    const name = names.nameOf(text)
    const config = name === undefined ? { text } : { name, text }
    if (!this.#isToBegin) return send.call(this, config, values)
    this.#isToBegin = false
    if (text === 'commit' || text === 'rollback') return Promise.resolve(nothing)
    return values.length > 0 ? this.#sendFirst(config, values) : this.#sendAfterBegin(config, values)
  }

  /** Its time comes with the first statement. */
  async #begin(): Promise<unknown> {
    if (!this.#knowsBegin) {
      const begun = await send.call(this, begin, [])
      this.#knowsBegin = true
      return begun
    }
    this.#isToBegin = true
    return nothing
  }

  #sendFirst(config: pg.QueryConfig, values: unknown[]): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const outcome = (error: Error | undefined, result: pg.QueryResult) =>
        error ? reject(error) : resolve(result)
      send.call(this, new FirstOfTransaction(config, values, outcome))
    })
  }

  /** Without values it may be several statements, which cannot be prepared. */
  async #sendAfterBegin(config: pg.QueryConfig, values: unknown[]): Promise<unknown> {
    await send.call(this, begin, [])
    return send.call(this, config, values)
  }
}
