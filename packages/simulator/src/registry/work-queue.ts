/** Rows waiting to be carried out, in the order they were accepted; those held by a phishing word stand aside. */
import type { Application } from './application.js'

export class WorkQueue {
  private waiting: Application[] = []
  /** Rows before this place in `waiting` are done. */
  private head = 0
  private readonly held = new Map<string, Application>()

  add(application: Application): void {
    this.waiting.push(application)
  }

  get heldIds(): string[] {
    return [...this.held.keys()]
  }

  isHeld(applicationId: string): boolean {
    return this.held.has(applicationId)
  }

  /** Puts a held row back, at the end. */
  release(applicationId: string): void {
    const application = this.held.get(applicationId)
    this.held.delete(applicationId)
    if (application) this.add(application)
  }

  /** When the first waiting row was accepted. */
  get firstAcceptedAt(): number | undefined {
    return this.waiting[this.head]?.acceptedAt
  }

  /** Takes up to `most` rows accepted until then; a row that `mustWait` is put aside as held. */
  take(most: number, acceptedUntil: number, mustWait: (application: Application) => boolean): Application[] {
    const taken: Application[] = []
    for (let next = this.waiting[this.head]; next && taken.length < most; next = this.waiting[this.head]) {
      if (next.acceptedAt > acceptedUntil) break
      this.head++
      if (next.status !== 'in-work') continue
      if (mustWait(next)) this.held.set(next.applicationId, next)
      else taken.push(next)
    }
    this.compact()
    return taken
  }

  private compact(): void {
    if (this.head < 1024 || this.head * 2 < this.waiting.length) return
    this.waiting = this.waiting.slice(this.head)
    this.head = 0
  }
}
