/**
 * One challenge, looked at from every vantage point (RFC 8555 §10.2).
 *
 * With three or more of them one may disagree; with fewer, none.
 */
import type { Config } from '../../config.js'
import type { ChallengeType } from '../../store/acme-tables.js'
import { makeAddressGuard } from '../../net/address-guard.js'
import { checkCaa } from './caa.js'
import { validateDns01 } from './dns-01.js'
import { ValidationFault } from './fault.js'
import { validateHttp01 } from './http-01.js'
import { makeResolver } from './resolver.js'
import { validateTlsAlpn01 } from './tls-alpn-01.js'
import type { Proof, Vantage } from './vantage.js'

const validators: Record<ChallengeType, (vantage: Vantage, proof: Proof) => Promise<void>> = {
  'http-01': validateHttp01,
  'dns-01': validateDns01,
  'tls-alpn-01': validateTlsAlpn01,
}

export type Validate = (type: ChallengeType, proof: Proof) => Promise<ValidationFault | undefined>

function vantagesOf({ validation }: Config['acme']): Vantage[] {
  const mayConnect = makeAddressGuard(validation.allowedNetworks)
  const { httpPort, tlsPort } = validation
  const servers = validation.resolvers.length > 0 ? validation.resolvers : [undefined]
  return servers.map((server) => ({ resolver: makeResolver(server), mayConnect, httpPort, tlsPort }))
}

/** @returns a function that gives undefined when the challenge is met, else why not; ours is thrown */
export function makeValidate(acme: Config['acme']): Validate {
  const vantages = vantagesOf(acme)
  const dissent = vantages.length >= 3 ? 1 : 0
  return async (type, proof) => {
    const look = async (vantage: Vantage) => {
      await checkCaa(vantage.resolver, proof.name, acme.caaIdentities)
      await validators[type](vantage, proof)
    }
    const results = await Promise.allSettled(vantages.map(look))
    const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
    const ours = faults.find((fault) => !(fault instanceof ValidationFault))
    if (ours !== undefined) throw ours
    return faults.length > dissent ? faults.find((fault) => fault instanceof ValidationFault) : undefined
  }
}
