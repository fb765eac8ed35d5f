/**
 * The login of visits one after the other: a handshake for each of them would cost both sides more than the visit.
 *
 * The credential may be renewed on disk at any time, so no login is kept for long, and none after a fault. Its
 * connections are closed when the last visit that uses them has ended.
 */
import { type Login, openLogin } from './credential.js'
import { SignedIn } from './session.js'

const KEPT_MS = 10_000

interface Kept {
  opened: Promise<Login>
  until: number
  visits: number
  /** Of visits that have ended; no two visits share one at a time. */
  free: SignedIn[]
}

type Work<T> = (opened: Promise<Login>, signedIn: SignedIn) => T

export class LoginKeeper {
  #kept: Kept | undefined

  constructor(private readonly credentialsFile: string) {}

  /** @throws what the work throws; what `opened` rejects with when the credential cannot be read */
  async visit<T>(work: Work<Promise<T>>): Promise<T> {
    const { kept, signedIn } = this.#begin()
    try {
      return await work(kept.opened, signedIn)
    } catch (error) {
      this.#drop(kept)
      throw error
    } finally {
      this.#end(kept, signedIn)
    }
  }

  /** A visit that lasts as long as what comes of it is read. @throws as `visit` */
  async *visitFor<T>(work: Work<AsyncIterable<T>>): AsyncGenerator<T> {
    const { kept, signedIn } = this.#begin()
    try {
      yield* work(kept.opened, signedIn)
    } catch (error) {
      this.#drop(kept)
      throw error
    } finally {
      this.#end(kept, signedIn)
    }
  }

  #begin(): { kept: Kept; signedIn: SignedIn } {
    const kept = this.#take()
    kept.visits += 1
    return { kept, signedIn: kept.free.pop() ?? new SignedIn() }
  }

  #drop(kept: Kept): void {
    if (this.#kept === kept) this.forget()
  }

  #end(kept: Kept, signedIn: SignedIn): void {
    kept.visits -= 1
    kept.free.push(signedIn)
    this.#closeUnused(kept)
  }

  /** The next visit begins anew; those under way go on. */
  forget(): void {
    const kept = this.#kept
    this.#kept = undefined
    if (kept) this.#closeUnused(kept)
  }

  #take(): Kept {
    if (this.#kept && performance.now() < this.#kept.until) return this.#kept
    this.forget()
    this.#kept = {
      opened: openLogin(this.credentialsFile),
      until: performance.now() + KEPT_MS,
      visits: 0,
      free: [],
    }
    return this.#kept
  }

  #closeUnused(kept: Kept): void {
    if (kept.visits > 0 || kept === this.#kept) return
    // A login that could not be opened has nothing to close.
    kept.opened.then(({ agent }) => agent.destroy()).catch(() => undefined)
  }
}
