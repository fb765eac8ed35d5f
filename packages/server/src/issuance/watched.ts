/**
 * For how long this process has seen things stay as they are.
 *
 * Wall clocks jump, and those of two machines differ: by them, an upload whose answer was just lost could seem old
 * enough for a report to prove that it was not taken. What one process has seen for itself has lasted at least so long.
 * After a restart the time counts anew, which delays a proof and never hastens it.
 * Source: docs/issuance-cycle.md, step 7.
 */
export class Watched {
  #since = new Map<string, number>()

  constructor(private readonly elapsedMs: () => number) {}

  /**
   * Looks at everything there is; what is not there any more is forgotten.
   * @param keys tell a thing, and how it is: what has changed is another
   * @returns milliseconds since the first look that found it, 0 at that; of what was not looked at too
   */
  look(keys: readonly string[]): (key: string) => number {
    const now = this.elapsedMs()
    const before = this.#since
    const since = new Map(keys.map((key) => [key, before.get(key) ?? now]))
    this.#since = since
    return (key) => now - (since.get(key) ?? now)
  }
}
