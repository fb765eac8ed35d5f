/** The subject that the CSR of an order must have, and the command that makes such a CSR. Pure. */
import { renderDn } from '@upki-gateway/shared/dn'
import type { OrganisationConfig } from '../../config.js'
import type { ProfileName } from '../profiles.js'

export interface Subject {
  CN: string
  O: string
  L: string
  ST: string
  C: string
}

export const subjectFor = (commonName: string, organisation: OrganisationConfig): Subject => ({
  CN: commonName,
  O: organisation.organizationName,
  L: organisation.locality,
  ST: organisation.stateOrProvince,
  C: organisation.country,
})

/** As TSV column 1 has it: `CN=…,O=…,L=…,ST=…,C=JP`. */
export const renderSubject = (subject: Subject): string =>
  renderDn(Object.entries(subject).map(([name, value]: [string, string]) => ({ name, value })))

const keyOptions: Record<ProfileName, string> = {
  rsa2048: '-newkey rsa:2048 -sha256',
  p384: '-newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha384',
}

// openssl req -subj separates attributes by `/`. The characters UPKI allows need no more than this.
const inSubject = (value: string): string => value.replaceAll('/', '\\/')

/** @param names CN first */
export function opensslCommand(subject: Subject, names: readonly string[], profile: ProfileName): string {
  const parts = [...Object.entries(subject)]
    .reverse()
    .map(([name, value]: [string, string]) => `/${name}=${inSubject(value)}`)
  const altNames = names.map((name) => `DNS:${name}`).join(',')
  return `openssl req -new ${keyOptions[profile]} -nodes -keyout privkey.pem -out request.pem -subj "${parts.join('')}" -addext "subjectAltName=${altNames}"`
}
