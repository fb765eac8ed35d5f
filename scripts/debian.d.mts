/** A TCP port that nothing listens on, and that no other process is given by this function or by the kernel. */
export function freePort(): Promise<number>

/**
 * @param programs what is needed, by program: the Debian package that has it
 * @returns the path of each program
 */
export function ensurePrograms<Name extends string>(programs: Record<Name, string>): Record<Name, string>

export interface Server {
  url: string
  pid: number
  stop(): Promise<void>
}

/** PostgreSQL with its defaults: every commit is on disk before it is answered. */
export function startPostgres(
  programs: Record<'initdb' | 'postgres' | 'pg_isready', string>,
  folder: string,
): Promise<Server>
