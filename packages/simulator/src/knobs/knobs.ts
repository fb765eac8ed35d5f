/** Knobs: what a test may turn while the simulator runs. Source: docs/issuance-system.md, "Knobs". */
import { z } from 'zod'

const milliseconds = z.int().min(0).max(86_400_000)
/** 0: never; N: the Nth upload, the 2Nth, … counted from the start of the process. */
const every = z.int().min(0)

const knobsSchema = z.strictObject({
  /** From acceptance to the certificate, or whatever the row asks for. */
  latencyMs: milliseconds,
  /** How long an upload is kept waiting before it is checked and registered. */
  uploadDelayMs: milliseconds,
  /** Which uploads are registered without their answer arriving: the connection is cut. */
  loseAnswers: every,
  /** 0 cuts the connection of a lost answer; a status is answered in its place. */
  lostAnswerStatus: z.union([z.literal(0), z.int().min(500).max(599)]),
  /** Which uploads are cut off before anything is registered. */
  cutBefore: every,
  /** Every screen answers 503 with the maintenance page. */
  maintenance: z.boolean(),
  /** A name that holds one of these is accepted, but waits for POST /simulator/release. */
  phishingWords: z.array(z.string().min(1).max(64)).max(100),
  /** The next `times` requests whose path begins with `path` are answered with `status`, and do nothing. */
  failStatus: z.strictObject({
    status: z.int().min(400).max(599),
    times: z.int().min(0),
    path: z.string().default('/upki-odcert/'),
  }),
  /** Idle time after which a session is gone. */
  sessionExpiresMs: milliseconds,
})

export type Knobs = z.infer<typeof knobsSchema>

const defaultKnobs: Knobs = {
  latencyMs: 1000,
  uploadDelayMs: 0,
  loseAnswers: 0,
  lostAnswerStatus: 0,
  cutBefore: 0,
  maintenance: false,
  phishingWords: ['amazon', 'microsoft', 'mozilla', 'google'],
  failStatus: { status: 500, times: 0, path: '/upki-odcert/' },
  sessionExpiresMs: 1_800_000,
}

const changesSchema = knobsSchema.partial()

/** Some knobs; the others stay as they are. `path` of failStatus may be left out. */
export type KnobChanges = z.input<typeof changesSchema>

/** A knob that does not exist, or a value it does not take, in a sentence. */
export class KnobError extends Error {
  override name = 'KnobError'
}

export class KnobBoard {
  values: Knobs = defaultKnobs
  private readonly listeners: (() => void)[] = []

  /** @throws KnobError, and then nothing has been turned. */
  turn(changes: unknown): void {
    const result = changesSchema.safeParse(changes)
    if (!result.success) throw new KnobError(`Knobs not understood: ${z.prettifyError(result.error)}`)
    this.values = { ...this.values, ...result.data }
    for (const listener of this.listeners) listener()
  }

  onTurn(listener: () => void): void {
    this.listeners.push(listener)
  }

  /** Takes one of the failures ordered for this path: its status, or undefined when there is none. */
  takeFailure(path: string): number | undefined {
    const { failStatus } = this.values
    if (failStatus.times === 0 || !path.startsWith(failStatus.path)) return undefined
    this.values = { ...this.values, failStatus: { ...failStatus, times: failStatus.times - 1 } }
    return failStatus.status
  }
}
