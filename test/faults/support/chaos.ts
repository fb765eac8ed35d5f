/** What goes wrong, and when: chosen by the seed, so that a run can be had again as far as chance outside lets it. */
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type Trouble, troubles } from './link.js'
import type { Plant } from './plant.js'
import type { Random } from './random.js'

/** A kill and its restart, a network disturbed or a clock wrong for a while, or a queue forgotten. */
type Fault =
  | { fault: 'kill'; part: string }
  | { fault: 'network'; link: string; trouble: Trouble; ms: number }
  | { fault: 'clock'; part: string; seconds: number; ms: number }
  | { fault: 'flush' }

const LONGEST_TROUBLE_MS = 2_500
/** A program looks at its clock's error once a second. */
const CLOCK_MS = { shortest: 1_500, random: 4_000 }
/** Beyond leases, settling and retries. A day more would also end what ACME clients were promised. */
const JUMPS = [20, 600, 3_000].flatMap((seconds) => [seconds, -seconds])
const WORKER_JUMPS = [...JUMPS, 86_400, -86_400]
const LONGEST_PAUSE_MS = 1_000
/** More at once, and nothing would get through any more that could be lost. */
const AT_ONCE = 2

const describeFault = (fault: Fault): string =>
  [...Object.values(fault)].map((value) => String(value)).join(' ')

function chooseClock(random: Random, plant: Plant): Fault {
  const part = random.pick(plant.withClocks())
  const seconds = random.pick(part.startsWith('worker') ? WORKER_JUMPS : JUMPS)
  return { fault: 'clock', part, seconds, ms: CLOCK_MS.shortest + random.below(CLOCK_MS.random) }
}

/**
 * Every part is killed as often as any other; of three faults one is a disturbed network, of ten one a clock, and of
 * twenty one a flush.
 */
function choose(random: Random, plant: Plant): Fault {
  const chance = random.next()
  if (chance < 0.05) return { fault: 'flush' }
  if (chance < 0.35) {
    const link = random.pick([...plant.links.keys()])
    return { fault: 'network', link, trouble: random.pick(troubles), ms: random.below(LONGEST_TROUBLE_MS) }
  }
  if (chance < 0.45) return chooseClock(random, plant)
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
    if (fault.fault === 'clock') return this.#misset(fault)
    const { port } = this.plant.part('redis')
    if (port !== undefined) await flush(port).catch(() => undefined)
  }

  async #kill(name: string): Promise<void> {
    const part = this.plant.part(name)
    if (!part.isUp) return
    await part.kill()
    await part.up()
  }

  /** Jumps there, and back. */
  async #misset({ part, seconds, ms }: Extract<Fault, { fault: 'clock' }>): Promise<void> {
    this.plant.setClock(part, seconds)
    await pause(ms)
    this.plant.setClock(part, 0)
  }

  async #disturb({ link: name, trouble, ms }: Extract<Fault, { fault: 'network' }>): Promise<void> {
    const link = this.plant.links.get(name)!
    link.disturb(trouble)
    await pause(ms)
    link.heal()
  }
}
