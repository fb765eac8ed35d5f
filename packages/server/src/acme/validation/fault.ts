/** Why a challenge was not answered as it must be; tried again when it may pass by itself. */
export type FaultKind = 'caa' | 'connection' | 'dns' | 'incorrectResponse' | 'tls' | 'unauthorized'

export class ValidationFault extends Error {
  override name = 'ValidationFault'

  /** @param message in English, shown to the client: nothing of what the other side sent stands in it */
  constructor(
    readonly kind: FaultKind,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options)
  }
}
