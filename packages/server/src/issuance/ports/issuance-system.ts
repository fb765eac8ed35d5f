/**
 * What the life cycle needs of an issuance system: take a sealed file, and tell
 * what became of its rows. Adapters: `screens` (the web pages) and `handoff` (an operator's hands).
 */
import type { ApplicationKind } from '@upki-gateway/shared/application'
import type { IsWanted, ReportRow } from '@upki-gateway/shared/report'

export interface SealedFile {
  kind: ApplicationKind
  /** The TSV as sealed; sent byte for byte. */
  bytes: Buffer
  /** Ends in .tsv; the service takes no other. */
  fileName: string
}

/** One NG row of the answer page, `<code>:<column>,<item>,<message>`. Source: docs/issuance-system.md. */
export interface RowError {
  /** Row of the file, from 1; absent when the whole file was refused. */
  row?: number
  code: string
  column?: number
  item?: string
  message: string
}

export type SubmitOutcome =
  /** Registered; where the screen was told to leave faulty rows out, without those named by `errors`. */
  | { outcome: 'accepted'; errors?: RowError[] }
  /** Nothing of the file was registered. */
  | { outcome: 'refused'; errors: RowError[] }

export type ReportName = 'server' | 'client'

export interface IssuanceSystem {
  readonly id: string
  /** Whether files go out and reports come in without a person; else an operator carries both. */
  readonly worksByItself: boolean
  /**
   * @throws NotSentError when the file cannot have been taken: may be tried again
   * @throws OutcomeUnknownError when it may have been taken: the report decides
   */
  submit(file: SealedFile, signal: AbortSignal): Promise<SubmitOutcome>
  /**
   * Everything the service knows, newest state.
   * @param isWanted other rows may be left out
   * @throws when it cannot be had
   */
  report(name: ReportName, isWanted?: IsWanted): AsyncIterable<ReportRow>
  /**
   * What an operator brings of the page that answered an upload: its HTML, or text copied from it.
   * @throws OutcomeUnknownError when it is not understood
   */
  readAnswer(text: string, rowCount: number): SubmitOutcome
  /** Certificates above a leaf, issuer first, without the root. @throws when the chain is not known */
  chainFor(certificatePem: string): string[]
  /** Every chain that the configured CA certificates give, that of `chainFor` first. @throws when they cannot be read */
  allChainsFor(certificatePem: string): string[][]
  /** Resolves when the system can be reached and logged in to. */
  check(): Promise<unknown>
  close(): Promise<void>
}

/** The file never reached the service. */
export class NotSentError extends Error {
  override name = 'NotSentError'
}

/** The answer was lost, or could not be read, after the file may have been taken. */
export class OutcomeUnknownError extends Error {
  override name = 'OutcomeUnknownError'

  /** @param options.page what came instead of an answer, as HTML */
  constructor(
    message: string,
    readonly options: { cause?: unknown; page?: string } = {},
  ) {
    super(message, { cause: options.cause })
  }
}
