/**
 * Several database servers of which one takes writes: a primary and its standbys. A connection is made to the first of
 * them that can be reached and is no standby, beginning with the last that was good. Source: docs/operations.md, "Failover".
 */
import pg from 'pg'
import { PreparedClient } from './prepared-client.js'

/**
 * A URL that names several hosts, as libpq takes it (PostgreSQL 15, 34.1.1.3), as one URL for each.
 * What libpq asks by `target_session_attrs` is always asked here, so it may stand there.
 */
export function splitHosts(url: string): string[] {
  const [, begin = '', hosts = '', rest = ''] = /^(\w+:\/\/(?:[^@/?]*@)?)([^/?]*)(.*)$/.exec(url) ?? []
  return hosts.includes(',') ? hosts.split(',').map((host) => begin + host + rest) : [url]
}

const FORM =
  'must be postgresql://USER:PASSWORD@HOST[:PORT]/DATABASE, with /, ?, #, @, : and % of the password as %XX'

/** @returns what is wrong with UPKI_DATABASE_URL, if anything is; without the password */
export function findUrlMistake(url: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(url)) return FORM
  try {
    for (const each of splitHosts(url)) new pg.Client({ connectionString: each })
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ERR_INVALID_URL' ? FORM : message
  }
}

type Connect = (callback: (error?: Error) => void) => void
const connect = Reflect.get(pg.Client.prototype, 'connect') as Connect

interface Turn {
  /** Where the next connection goes. */
  url: string
  /** Unless somebody else has gone on already. */
  goOn(from: string): void
}

function takeTurns(urls: readonly string[]): Turn {
  let index = 0
  const at = () => urls[index % urls.length] ?? ''
  return {
    get url() {
      return at()
    },
    goOn: (from) => {
      if (from === at()) index++
    },
  }
}

function makeClientClass(turn: Turn): typeof pg.Client {
  return class extends PreparedClient {
    readonly url = turn.url

    constructor(config: pg.ClientConfig) {
      super({ ...config, connectionString: turn.url })
    }

    /** As the pool calls it. */
    override connect = ((callback: (error?: Error) => void) => {
      connect.call(this, (error) => {
        if (error) turn.goOn(this.url)
        callback(error)
      })
    }) as pg.Client['connect']
  }
}

async function refuseStandby(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
  if (rows[0]?.standby) throw new Error('this database server is a standby: it takes no writes')
}

type PoolCallback = (error: Error | undefined, client?: pg.PoolClient, release?: unknown) => void

/** A pool whose connections take writes. */
export class PrimaryPool extends pg.Pool {
  readonly #hosts: number

  constructor(urls: readonly string[], config: pg.PoolConfig) {
    const turn = takeTurns(urls)
    const onConnect = async (client: pg.ClientBase) => {
      const { url } = client as unknown as { url: string }
      await refuseStandby(client).catch((error: unknown) => {
        turn.goOn(url)
        throw error
      })
    }
    // The pool waits for it, which its types do not say.
    const hook = onConnect as (client: pg.ClientBase) => void
    super({ ...config, Client: makeClientClass(turn), onConnect: hook })
    this.#hosts = urls.length
  }

  override connect = ((callback?: PoolCallback): Promise<pg.PoolClient> | undefined => {
    const connecting = this.#connectToAny()
    if (!callback) return connecting
    connecting.then(
      (client) => callback(undefined, client, (destroy?: boolean) => client.release(destroy)),
      (error: unknown) => callback(error as Error),
    )
    return undefined
  }) as pg.Pool['connect']

  /** @throws what the last said when all were tried in vain */
  async #connectToAny(): Promise<pg.PoolClient> {
    for (let tried = 1; ; tried++) {
      try {
        return await super.connect()
      } catch (error) {
        if (tried >= this.#hosts) throw error
      }
    }
  }
}
