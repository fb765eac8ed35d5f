/** Certificate profiles in use: docs/issuance-system.md, "Profiles". */
import type { IssuerId } from '../ca/hierarchy.js'
import type { Category } from './kinds.js'

export interface ServerProfile {
  issuer: IssuerId
  keyType: 'rsa' | 'ec'
}

export const serverProfiles: Readonly<Record<string, ServerProfile>> = {
  3: { issuer: 'rsa', keyType: 'rsa' },
  11: { issuer: 'ecc', keyType: 'ec' },
}

/** Profile of a certificate for a person → validity in months. */
export const clientProfiles: Readonly<Record<string, number>> = { 5: 48, 13: 13, 14: 25 }
export const smimeProfiles: Readonly<Record<string, number>> = { 7: 27, 15: 13, 16: 25 }

const byCategory = {
  server: serverProfiles,
  acme: serverProfiles,
  client: clientProfiles,
  smime: smimeProfiles,
} satisfies Record<Category, object>

export const isProfileOf = (category: Category, profileId: string): boolean =>
  Object.hasOwn(byCategory[category], profileId)
