/** What goes wrong, and when: chosen by the seed, so that a run can be had again as far as chance outside lets it. */
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type Trouble, troubles } from './link.js'
import type { Plant } from './plant.js'
import type { Random } from './random.js'

/** A kill and its restart, a network disturbed for a while, or a queue forgotten. */
type Fault =
  | { fault: 'kill'; part: string }
  | { fault: 'network'; link: string; trouble: Trouble; ms: number }
  | { fault: 'flush' }

const LONGEST_TROUBLE_MS = 2_500
const LONGEST_PAUSE_MS = 1_000
/** More at once, and nothing would get through any more that could be lost. */
const AT_ONCE = 2

const describeFault = (fault: Fault): string =>
  [...Object.values(fault)].map((value) => String(value)).join(' ')

/** Every part is killed as often as any other; of three faults one is a disturbed network, and of twenty one a flush. */
function choose(random: Random, plant: Plant): Fault {
  const chance = random.next()
  if (chance < 0.05) return { fault: 'flush' }
  if (chance < 0.35) {
    const link = random.pick([...plant.links.keys()])
    return { fault: 'network', link, trouble: random.pick(troubles), ms: random.below(LONGEST_TROUBLE_MS) }
  }
  return { fault: 'kill', part: random.pick([...plant.parts.keys()]) }
}

/** FLUSHALL, past all links. */
export async function flush(port: number): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => null, lazyConnect: true })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.flushall()
  } finally {
    redis.disconnect()
  }
}

export class Chaos {
  /** Restarts and troubles that are not over yet. */
  readonly #open = new Set<Promise<void>>()
  readonly history: string[] = []

  constructor(
    private readonly plant: Plant,
    private readonly random: Random,
  ) {}

  /** Brings up to `count` faults within `seconds`, unless it is stopped, and returns when everything is whole again. */
  async bring(count: number, seconds: number, isStopped: () => boolean): Promise<void> {
    const end = Date.now() + seconds * 1000
    for (let number = 0; number < count && Date.now() < end && !isStopped(); number++) {
      while (this.#open.size >= AT_ONCE) await Promise.race(this.#open)
      await pause(this.random.below(LONGEST_PAUSE_MS))
      this.#begin(choose(this.random, this.plant))
    }
    await Promise.all(this.#open)
  }

  #begin(fault: Fault): void {
    this.history.push(describeFault(fault))
    const open = this.#apply(fault).finally(() => this.#open.delete(open))
    this.#open.add(open)
  }

  /** What is hurt already is left to come back. */
  async #apply(fault: Fault): Promise<void> {
    if (fault.fault === 'kill') return this.#kill(fault.part)
    if (fault.fault === 'network') return this.#disturb(fault)
    const { port } = this.plant.part('redis')
    if (port !== undefined) await flush(port).catch(() => undefined)
  }

  async #kill(name: string): Promise<void> {
    const part = this.plant.part(name)
    if (!part.isUp) return
    await part.kill()
    await part.up()
  }

  async #disturb({ link: name, trouble, ms }: Extract<Fault, { fault: 'network' }>): Promise<void> {
    const link = this.plant.links.get(name)!
    link.disturb(trouble)
    await pause(ms)
    link.heal()
  }
}
