/**
 * Other chains of a certificate (RFC 8555 §7.4.2): with and without a cross certificate.
 *
 * They follow from the issuer alone, so they are worked out once for each chain that
 * is stored; a fault there is no reason to keep a certificate from who ordered it.
 */
import type { Environment } from '../issuance/ports/environment.js'
import type { CertificateRow } from '../store/tables.js'

type Certificate = Pick<CertificateRow, 'organisation' | 'pem' | 'chain_pem'>

/** @returns PEM of every chain but the stored one */
export type AlternateChains = (certificate: Certificate) => readonly string[]

/** CAs come and go once in years. */
const MOST_ISSUERS = 100

export function makeAlternateChains(env: Environment): AlternateChains {
  const known = new Map<string, readonly string[]>()
  const find = ({ organisation, pem, chain_pem: chainPem }: Certificate): readonly string[] => {
    const system = env.issuanceSystem(env.organisation(organisation).issuanceSystem)
    const chains = system.allChainsFor(pem).map((chain) => chain.join(''))
    const others = chains.filter((chain) => chain !== chainPem)
    if (known.size >= MOST_ISSUERS) known.clear()
    known.set(`${organisation} ${chainPem}`, others)
    return others
  }
  return (certificate) => {
    try {
      return known.get(`${certificate.organisation} ${certificate.chain_pem}`) ?? find(certificate)
    } catch (error) {
      env.log.warn({ err: error }, 'alternate chains are not offered')
      return []
    }
  }
}
