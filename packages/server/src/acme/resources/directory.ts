/** Directory (RFC 8555 §7.1.1): the one address a client is told. */
import type { AcmeEnvironment } from '../environment.js'
import { profiles, profilesOf } from '../profiles.js'
import type { Urls } from '../urls.js'

/** Profiles that any organisation of this gateway may use, with a sentence each. */
function offeredProfiles({ env }: AcmeEnvironment): Record<string, string> {
  const names = new Set(env.config.organisations.flatMap(profilesOf))
  return Object.fromEntries([...names].map((name) => [name, profiles[name].description.en]))
}

export function directory(acme: AcmeEnvironment, urls: Urls): Record<string, unknown> {
  const { termsOfService, website, caaIdentities } = acme.env.config.acme
  return {
    newNonce: urls.newNonce,
    newAccount: urls.newAccount,
    newOrder: urls.newOrder,
    newAuthz: urls.newAuthz,
    revokeCert: urls.revokeCert,
    keyChange: urls.keyChange,
    renewalInfo: urls.renewalInfo,
    meta: {
      ...(termsOfService ? { termsOfService } : {}),
      ...(website ? { website } : {}),
      caaIdentities,
      // RFC 8555 §7.1.1: true says that every newAccount needs one.
      externalAccountRequired: !acme.env.config.organisations.some(
        ({ accountsWithoutEab }) => accountsWithoutEab,
      ),
      profiles: offeredProfiles(acme),
      // Orders carry the extension object of docs/acme-divergences.md.
      upki: { version: 1 },
    },
  }
}
