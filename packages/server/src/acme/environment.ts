/** What the ACME resources run on; made once, in router.ts. */
import type { Environment } from '../issuance/ports/environment.js'
import type { Admission } from '../store/acme-nonces.js'
import type { OrderKey, OrderView } from '../store/acme-orders.js'
import type { Together } from '../store/together.js'
import type { AlternateChains } from './alternate-chains.js'
import type { KeyCache } from './jws/key-cache.js'
import type { Nonces } from './nonces.js'

export interface AcmeEnvironment {
  env: Environment
  nonces: Nonces
  keys: KeyCache
  alternateChains: AlternateChains
  /** Of requests that only read; the others are admitted in their transaction. */
  admissions: Together<Admission, boolean>
  /** Orders that are looked at. */
  orders: Together<OrderKey, OrderView | undefined>
}
