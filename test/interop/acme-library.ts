/** The npm library acme-client at our gateway. */
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import acme from 'acme-client'
import type { TestSystem } from '../support/system.js'
import { eabOf } from './programs.js'

type Options = Partial<ConstructorParameters<typeof acme.Client>[0]>

/** With a new account key, and the gateway's CA trusted by the one HTTP client that the library has. */
export async function openLibrary(system: TestSystem, options: Options = {}): Promise<acme.Client> {
  acme.axios.defaults.httpsAgent = new Agent({ ca: readFileSync(join(system.directory, 'ca.pem')) })
  return new acme.Client({
    directoryUrl: `${system.url}/acme/directory`,
    accountKey: await acme.crypto.createPrivateEcdsaKey(),
    externalAccountBinding: eabOf(system),
    ...options,
  })
}

export const terms = { email: 'taro@example.ac.jp', termsOfServiceAgreed: true }
