/** What was opened, to be closed again in the opposite order. */
export class Opened {
  readonly #closers: (() => unknown)[] = []

  /** @param close is waited for before what was opened earlier is closed */
  add(close: () => unknown): void {
    this.#closers.unshift(close)
  }

  readonly close = async (): Promise<void> => {
    for (const close of this.#closers) await close()
  }
}
