import type { Logger } from 'pino'
import type { Config, IssuanceSystemConfig, OrganisationConfig } from '../../config.js'
import type { Vault } from '../../files/secret-key.js'
import type { Database } from '../../store/database.js'
import type { IssuanceSystem } from './issuance-system.js'
import type { Observer } from './observer.js'
import type { Trace } from './trace.js'

/** Wakes the workers: something is due. Losing a ring loses time, never work (the sweep finds it). */
export type Bell = (work: 'assemble' | 'submit' | 'collect' | 'history' | 'validate') => void

/** What the steps of the life cycle run on; made once, in the wiring. */
export interface Environment {
  config: Config
  db: Database
  vault: Vault
  /** Wall clock: may be wrong, and may jump. */
  now: () => Date
  /** Milliseconds since some moment of this process; never jumps, nor counts while the machine sleeps. */
  elapsedMs: () => number
  ring: Bell
  log: Logger
  observe: Observer
  trace: Trace
  organisation: (id: string) => OrganisationConfig
  issuanceSystem: (id: string) => IssuanceSystem
  /** Configuration of an issuance system. */
  settings: (id: string) => IssuanceSystemConfig
}
