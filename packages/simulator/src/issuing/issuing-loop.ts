/** The background loop that carries out accepted rows, in order, `latencyMs` after they were accepted. */
import { certificateNames } from '../applications/host-names.js'
import type { KnobBoard } from '../knobs/knobs.js'
import { cellsOfApplication, type Application } from '../registry/application.js'
import type { RegistryService } from '../registry/service.js'
import { carryOut, type Workshop } from './carry-out.js'

/** Signed side by side on the thread pool; small enough that pages are answered in between. */
const atOnce = 16
const longestSleepMs = 3_600_000

export class IssuingLoop {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined
  private isStopped = false

  constructor(
    private readonly service: RegistryService,
    private readonly knobs: KnobBoard,
    private readonly workshop: Workshop,
    private readonly onFailure: (error: unknown) => void,
  ) {
    knobs.onTurn(() => this.wake())
  }

  /** Looks for work now: after an upload, a release, or a turned knob. */
  wake(): void {
    if (this.isStopped || this.running) return
    clearTimeout(this.timer)
    this.running = this.work()
      .catch(this.onFailure)
      .finally(() => {
        this.running = undefined
        this.sleep()
      })
  }

  async stop(): Promise<void> {
    this.isStopped = true
    clearTimeout(this.timer)
    await this.running
  }

  private sleep(): void {
    const first = this.service.registry.queue.firstAcceptedAt
    if (this.isStopped || first === undefined) return
    const dueIn = first + this.knobs.values.latencyMs - Date.now()
    this.timer = setTimeout(() => this.wake(), Math.min(Math.max(dueIn, 0), longestSleepMs))
    this.timer.unref()
  }

  /** While one group is put on disk, the next is signed. */
  private async work(): Promise<void> {
    let written = Promise.resolve()
    while (!this.isStopped) {
      const { queue } = this.service.registry
      const due = queue.take(atOnce, Date.now() - this.knobs.values.latencyMs, (row) => this.mustWait(row))
      if (due.length === 0) break
      const endings = await Promise.all(due.map((application) => carryOut(application, this.workshop)))
      await written
      for (const ending of endings) void this.service.record(ending)
      written = this.service.settled()
    }
    await written
  }

  private mustWait(application: Application): boolean {
    if (application.isReleased || application.category !== 'server' || application.kind === 'server-revoke')
      return false
    const { fqdn, dnsNames } = cellsOfApplication(application)
    const names = certificateNames(fqdn, dnsNames)
    return this.knobs.values.phishingWords.some((word) =>
      names.some((name) => name.includes(word.toLowerCase())),
    )
  }
}
