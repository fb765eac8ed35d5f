/**
 * A connection to PostgreSQL that has its repeated statements prepared: planned once for each connection, not each time.
 *
 * A text that comes again and again is sent under a name. Texts with `*` never are: when a migration of another process
 * adds a column, a prepared one answers "cached plan must not change result type", while one that names its columns is
 * planned anew. Nor are long texts, which are inserts of many rows and seldom the same.
 */
import pg from 'pg'

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

type Send = (this: pg.Client, config: unknown, values?: unknown, callback?: unknown) => unknown
const send = Reflect.get(pg.Client.prototype, 'query') as Send

export class PreparedClient extends pg.Client {
  override query = ((config: unknown, values?: unknown, callback?: unknown): unknown => {
    const name = typeof config === 'string' && Array.isArray(values) ? names.nameOf(config) : undefined
    return send.call(this, name === undefined ? config : { name, text: config }, values, callback)
  }) as pg.Client['query']
}
