/** Imported account keys, the most recently used ones: importing costs more than checking a signature. */
import type { AccountKey } from './account-key.js'

// A key takes a few kilobytes: 10,000 hosts stay below 50 MB.
const CAPACITY = 10_000

export class KeyCache {
  /** A Map keeps the order of insertion: the first entry is the longest unused. */
  readonly #keys = new Map<string, AccountKey>()

  constructor(private readonly capacity = CAPACITY) {}

  get(accountId: string): AccountKey | undefined {
    const key = this.#keys.get(accountId)
    if (key) this.set(accountId, key)
    return key
  }

  set(accountId: string, key: AccountKey): void {
    this.#keys.delete(accountId)
    this.#keys.set(accountId, key)
    if (this.#keys.size <= this.capacity) return
    for (const oldest of this.#keys.keys()) return void this.#keys.delete(oldest)
  }

  delete(accountId: string): void {
    this.#keys.delete(accountId)
  }
}
