/** How a simulator is started. */
import type { KnobChanges } from '../knobs/knobs.js'
import type { Organisation } from '../organisations/organisation.js'

export interface SimulatorOptions {
  /** Made when missing; everything the simulator keeps is in it. */
  dataDir: string
  /** Where to write how to log in; default simulator.json in `dataDir`. */
  connectionFile?: string
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  /** Default: Example University. */
  organisations?: readonly Organisation[]
  knobs?: KnobChanges
  /** Hears that the simulator can no longer keep its promises, such as a full disk; then it should be stopped. */
  onFailure?: (error: unknown) => void
}

export interface Simulator {
  /** https://HOST:PORT */
  url: string
  port: number
  /** Absolute paths of the first organisation's operator certificate and key, and of the CA to trust. */
  certFile: string
  keyFile: string
  caFile: string
  /** Turns knobs from inside the process. */
  turnKnobs: (changes: KnobChanges) => void
  /** Answers what is under way, then lets go of port and directory. */
  stop: () => Promise<void>
}
