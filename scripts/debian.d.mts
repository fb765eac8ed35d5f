/** A TCP port that nothing listens on, and that no other process is given by this function or by the kernel. */
export function freePort(): Promise<number>

/**
 * @param programs what is needed, by program: the Debian package that has it
 * @returns the path of each program
 */
export function ensurePrograms<Name extends string>(programs: Record<Name, string>): Record<Name, string>

export interface Server {
  url: string
  port: number
  pid: number
  child: import('node:child_process').ChildProcess
  stop(): Promise<void>
  /** The server and its children at once, without warning. */
  kill(): Promise<void>
}

/**
 * Redis that keeps what it has in an append-only file; in the same folder again it goes on with it.
 * @param more further settings; of a sentinel the last is its port
 */
export function startRedis(
  programs: Record<'redis-server' | 'redis-cli', string>,
  folder: string,
  more?: readonly string[],
): Promise<Server>

/**
 * PostgreSQL with its defaults: every commit is on disk before it is answered; in the same folder again it goes on.
 * @param settings laid over them
 */
export function startPostgres(
  programs: Record<'initdb' | 'postgres' | 'pg_isready', string>,
  folder: string,
  settings?: Record<string, string | number>,
): Promise<Server & { /** By the Unix socket. */ socketUrl: string }>

/** A copy of the primary, which follows it and takes no writes until it is promoted. */
export function startStandby(
  programs: Record<'initdb' | 'postgres' | 'pg_isready' | 'pg_basebackup', string>,
  folder: string,
  primary: { url: string },
): Promise<Server>

/** Of Debian's libfaketime, for LD_PRELOAD. @returns its path */
export function ensureFaketime(): string
