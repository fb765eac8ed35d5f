/**
 * The log: one JSON object per line on standard error, without secrets and personal data.
 *
 * Of an error only what tells the fault is written. Database drivers hang the failing row, the
 * statement and its parameters on theirs, and those hold names, addresses and CSRs.
 */
import { randomUUID } from 'node:crypto'
import { type Logger, pino } from 'pino'
import type { Config } from './config.js'

interface LoggedError {
  type: string
  message: string
  /** SQLSTATE or system error code. */
  code?: string
  /** Name of the constraint that was violated. */
  constraint?: string
  stack?: string
  cause?: unknown
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Anything that is no error stays as it is. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return {
    type: error.name,
    message: error.message,
    code: textOf(code),
    constraint: textOf(constraint),
    stack: error.stack,
    cause: describeError(error.cause),
  } satisfies LoggedError
}

export const makeLogger = (config: Pick<Config, 'logLevel'>): Logger =>
  pino(
    {
      level: config.logLevel,
      base: { instance: randomUUID().slice(0, 8) },
      serializers: { err: describeError, error: describeError },
    },
    pino.destination(2),
  )
