import type { Bilingual } from '@upki-gateway/shared/problem'

/** Exit statuses; the same for every command and told in every help text. */
export const exitStatus = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The order goes on at the server; the same command picks it up. */
  pending: 3,
  /** 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const

export type Outcome = keyof typeof exitStatus

/** An end that the user is meant to see: what is wrong and what to do, never a stack trace. */
export class Failure extends Error {
  override name = 'Failure'
  /** Members for `--json`, beside the text. */
  readonly details: object

  constructor(
    readonly outcome: Exclude<Outcome, 'done'>,
    readonly text: Bilingual,
    options: { cause?: unknown; details?: object } = {},
  ) {
    super(text.en, { cause: options.cause })
    this.details = options.details ?? {}
  }
}
