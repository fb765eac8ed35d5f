/** A program of the installation under the eyes of a supervisor, as systemd or a container engine has it: whatever dies is started again. */
import { setTimeout as pause } from 'node:timers/promises'

/** A program that runs. */
export interface Running {
  port: number
  /** Ends it without warning. */
  kill(): Promise<unknown>
  /** Asks it to end; resolves to its exit code. */
  stop(): Promise<number | null | undefined>
  /** Resolves when it has ended, by whatever. */
  ended: Promise<unknown>
}

const START_SECONDS = 300

export class Part {
  #running: Running | undefined
  #isWanted = false
  /** How often it ended though nobody had killed it. */
  endedByItself = 0
  /** Why it could not be started, each time. */
  readonly failures: string[] = []

  constructor(
    readonly name: string,
    private readonly start: () => Promise<Running>,
  ) {}

  /** Where it listens; undefined while it is down. */
  get port(): number | undefined {
    return this.#running?.port
  }

  /** Where it listens, or did. */
  lastPort = 0

  get isUp(): boolean {
    return this.#running !== undefined
  }

  /** Tries until it is up: what it needs may be down itself. */
  async up(): Promise<void> {
    this.#isWanted = true
    const end = Date.now() + START_SECONDS * 1000
    for (;;) {
      try {
        return await this.#watch(await this.start())
      } catch (error) {
        this.failures.push(String(error))
        if (Date.now() > end) throw new Error(`${this.name} could not be started`, { cause: error })
        await pause(300)
      }
    }
  }

  async kill(): Promise<void> {
    await this.#take()?.kill()
  }

  /** @returns its exit code */
  async stop(): Promise<number | null | undefined> {
    return this.#take()?.stop()
  }

  /** From here on its end is no surprise. */
  #take(): Running | undefined {
    this.#isWanted = false
    const running = this.#running
    this.#running = undefined
    return running
  }

  async #watch(running: Running): Promise<void> {
    // Everything was closed while it started.
    if (!this.#isWanted) {
      await running.kill()
      return
    }
    this.#running = running
    this.lastPort = running.port
    void running.ended.then(() => {
      if (this.#running !== running) return
      this.#running = undefined
      if (!this.#isWanted) return
      this.endedByItself++
      void this.up()
    })
  }
}
