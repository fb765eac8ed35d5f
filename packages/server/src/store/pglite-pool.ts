/**
 * The part of `pg.Pool` that kysely and BullMQ use, over one PGlite.
 *
 * PGlite has a single session, so sessions take turns: a client holds the turn
 * from BEGIN to COMMIT, a lone query for its own length.
 * Types follow pg: int8 as text, bytea as Buffer.
 */
import { EventEmitter } from 'node:events'
import { PGlite, type QueryOptions, type Results } from '@electric-sql/pglite'
import type { QueryResult } from 'pg'

type Query = string | { text: string; values?: unknown[]; rowMode?: 'array' }
type Row = Record<string, unknown>

/** Our tables are in public; BullMQ's, in its own schema, must be on the path when it is given a pool. */
export const searchPath = 'public,bullmq'

const INT8 = 20
const BYTEA = 17

const leadingComments = /^(\s*--[^\n]*\n)+/
const beginsTransaction = /^(begin|start transaction)/i
// ROLLBACK TO leaves the transaction open; the others end it.
const endsTransaction = /^(commit|rollback|end)\b(?!\s+to)/i

function toPgResult(results: Results | undefined, text: string): QueryResult<Row> {
  const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? ''
  const rows = (results?.rows ?? []) as Row[]
  const rowCount = Math.max(results?.affectedRows ?? 0, rows.length)
  return {
    rows,
    rowCount,
    command,
    oid: 0,
    fields: (results?.fields ?? []) as unknown as QueryResult['fields'],
  }
}

/** Numbers of errors in WASI, which PGlite's file system has. */
const codes: Record<number, string> = {
  ...{ 2: 'EACCES', 19: 'EDQUOT', 31: 'EISDIR', 51: 'ENOSPC', 54: 'ENOTDIR', 63: 'EPERM', 69: 'EROFS' },
}
/** PostgreSQL 15, appendix A. */
const DISK_FULL = '53100'

/** An error that PGlite threw while it opened the directory, as one of the file system where it is one. */
export function fromPGlite(error: unknown, path: string): Error {
  const { name, errno, code } = error as { name?: string; errno?: number; code?: string }
  if (name !== 'ErrnoError' && code !== DISK_FULL) return error as Error
  const message = `${path} could not be opened (error ${errno ?? code})`
  return Object.assign(new Error(message), { path, code: code === DISK_FULL ? 'ENOSPC' : codes[errno ?? 0] })
}

export class PGlitePool extends EventEmitter {
  readonly options = { keepAlive: true }
  #turn: Promise<void> = Promise.resolve()

  private constructor(readonly database: PGlite) {
    super()
    this.setMaxListeners(0)
  }

  /** @param directory kept by PGlite; the caller holds its lock, PGlite has none of its own. */
  static async open(directory: string): Promise<PGlitePool> {
    const opening = PGlite.create({
      dataDir: directory,
      parsers: {
        [INT8]: (value: string) => value,
        [BYTEA]: (value: string) => Buffer.from(value.slice(2), 'hex'),
      },
    })
    const database = await opening.catch((error: unknown) => {
      throw fromPGlite(error, directory)
    })
    await database.exec(`select set_config('search_path', '${searchPath}', false)`)
    return new PGlitePool(database)
  }

  /** Waits for the session; the returned function gives it back. */
  async takeTurn(): Promise<() => void> {
    const previous = this.#turn
    let release = () => {}
    this.#turn = new Promise((resolve) => (release = resolve))
    await previous
    return release
  }

  async query(query: Query, values?: unknown[]): Promise<QueryResult<Row>> {
    const release = await this.takeTurn()
    try {
      return await this.run(query, values)
    } finally {
      release()
    }
  }

  /** Runs without taking a turn: for the client that already has it. */
  async run(query: Query, values?: unknown[]): Promise<QueryResult<Row>> {
    const text = typeof query === 'string' ? query : query.text
    const parameters = typeof query === 'string' ? values : (query.values ?? values)
    const options: QueryOptions = typeof query === 'string' ? {} : { rowMode: query.rowMode }
    if (parameters?.length) return toPgResult(await this.database.query(text, parameters, options), text)
    return toPgResult((await this.database.exec(text, options)).at(-1), text)
  }

  connect(): Promise<PGliteClient> {
    const client = new PGliteClient(this)
    this.emit('connect', client)
    return Promise.resolve(client)
  }

  async end(): Promise<void> {
    if (!this.database.closed) await this.database.close()
  }
}

/** One session of the pool, as `pg.PoolClient`. */
export class PGliteClient extends EventEmitter {
  #release: (() => void) | undefined
  readonly #unlisten: (() => Promise<void>)[] = []

  constructor(private readonly pool: PGlitePool) {
    super()
  }

  async query(query: Query, values?: unknown[]): Promise<QueryResult<Row>> {
    const statement = (typeof query === 'string' ? query : query.text).replace(leadingComments, '').trim()
    const channel = /^listen\s+"?(\w+)"?/i.exec(statement)?.[1]
    if (channel) return this.#listen(channel)
    if (beginsTransaction.test(statement)) this.#release ??= await this.pool.takeTurn()
    if (!this.#release) return this.pool.query(query, values)
    try {
      return await this.pool.run(query, values)
    } finally {
      if (endsTransaction.test(statement)) this.#giveBack()
    }
  }

  async #listen(channel: string): Promise<QueryResult<Row>> {
    const stop = await this.pool.database.listen(channel, (payload) =>
      this.emit('notification', { channel, payload }),
    )
    this.#unlisten.push(() => stop())
    return toPgResult(undefined, 'LISTEN')
  }

  #giveBack(): void {
    this.#release?.()
    this.#release = undefined
  }

  release(): void {
    for (const stop of this.#unlisten.splice(0)) void stop().catch(() => undefined)
    if (!this.#release) return
    void this.pool
      .run('ROLLBACK')
      .catch(() => undefined)
      .finally(() => this.#giveBack())
  }
}
