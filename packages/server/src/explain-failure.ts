/** Why a start failed, and what to do about it, in the words of whoever runs the gateway. Pure. */
import { type Config, ConfigError } from './config.js'

/** As Node.js gives it; the store gives what PGlite says in the same form. */
type SystemError = Error & { code?: string; path?: string; syscall?: string }

function explainPermission({ path, syscall }: SystemError, { dataDirectory, listen }: Config): string {
  if (syscall === 'listen')
    return `No permission for port ${listen.port} on ${listen.host}. Set UPKI_LISTEN to a port from 1024 on.`
  return `No permission for ${path ?? dataDirectory}. Give it to the account that runs the gateway, or set UPKI_DATA_DIR.`
}

const noFolder = ({ path }: SystemError, { dataDirectory }: Config): string =>
  `${path ?? dataDirectory} is not a folder, or lies below a file. Set UPKI_DATA_DIR to a place where a folder can be made.`

const noSpace = ({ path }: SystemError, { dataDirectory }: Config): string =>
  `No space is left for ${path ?? dataDirectory}. Make room, and start again: what was begun is finished then.`

const explanations: Record<string, (error: SystemError, config: Config) => string> = {
  EADDRINUSE: (_error, { listen }) =>
    `Port ${listen.port} on ${listen.host} is in use. Set UPKI_LISTEN to another, such as 127.0.0.1:8444.`,
  EACCES: explainPermission,
  EPERM: explainPermission,
  EEXIST: noFolder,
  ENOTDIR: noFolder,
  EROFS: ({ path }, { dataDirectory }) =>
    `${path ?? dataDirectory} is on a read-only file system. Set UPKI_DATA_DIR to a folder that can be written to.`,
  ENOSPC: noSpace,
  EDQUOT: noSpace,
}

/** Of an address with several places the first; those have no words of their own. */
const wordsOf = (error: unknown): string =>
  error instanceof AggregateError && !error.message ? wordsOf(error.errors[0]) : (error as Error).message

/** @param config as far as it could be read */
export function explainFailure(error: unknown, config?: Config): string {
  if (error instanceof ConfigError) return error.message
  if (!(error instanceof Error)) return String(error)
  const explain = explanations[(error as SystemError).code ?? '']
  if (explain && config) return explain(error, config)
  return error.cause instanceof Error ? `${error.message}: ${wordsOf(error.cause)}` : wordsOf(error)
}
