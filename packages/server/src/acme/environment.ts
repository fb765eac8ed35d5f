/** What the ACME resources run on; made once, in router.ts. */
import type { Limiter } from '../http/limiter.js'
import type { Environment } from '../issuance/ports/environment.js'
import type { AlternateChains } from './alternate-chains.js'
import type { KeyCache } from './jws/key-cache.js'
import type { Nonces } from './nonces.js'

export interface AcmeEnvironment {
  env: Environment
  nonces: Nonces
  keys: KeyCache
  limiter: Limiter
  alternateChains: AlternateChains
}
