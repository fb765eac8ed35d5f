/**
 * The profiles extension (draft-ietf-acme-profiles): one profile for each kind
 * of key that UPKI takes. Source: docs/upki-tsv.md, "Column 2: Profiles and keys".
 */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { OrganisationConfig } from '../config.js'
import { ProblemError } from '../problem/problem-error.js'

export type ProfileName = 'rsa2048' | 'p384'

export const profiles: Record<ProfileName, { profileId: string; description: Bilingual }> = {
  rsa2048: {
    profileId: '3',
    description: {
      en: 'Server certificate for an RSA key of 2048 bits (UPKI profile 3)',
      ja: 'サーバ証明書 RSA 2048ビット(プロファイルID 3)',
    },
  },
  p384: {
    profileId: '11',
    description: {
      en: 'Server certificate for an ECDSA key on P-384 (UPKI profile 11)',
      ja: 'サーバ証明書 ECDSA P-384(プロファイルID 11)',
    },
  },
}

const names = Object.keys(profiles) as ProfileName[]

/** Those that the organisation may use: none where it has only certificates of persons. */
export const profilesOf = (organisation: Pick<OrganisationConfig, 'profiles'>): ProfileName[] =>
  names.filter((name) => organisation.profiles.includes(profiles[name].profileId))

function refuse(name: string | undefined, allowed: readonly ProfileName[]): ProblemError {
  if (allowed.length === 0)
    return new ProblemError(
      'invalidProfile',
      'Your organisation has no profile for server certificates; ask its registration authority operator',
      {
        ja: 'この機関ではサーバ証明書のプロファイルを利用できません。機関の登録担当者に確認してください。',
      },
    )
  return new ProblemError(
    'invalidProfile',
    `There is no profile ${name?.slice(0, 40)}; use ${allowed.join(' or ')}`,
    { ja: `プロファイルは ${allowed.join(' または ')} を指定してください。` },
  )
}

/** @throws ProblemError invalidProfile */
export function checkProfile(name: string, organisation: OrganisationConfig): ProfileName {
  const allowed = profilesOf(organisation)
  const found = allowed.find((each) => each === name)
  if (found) return found
  throw refuse(name, allowed)
}

/** @returns null when none was asked for. @throws ProblemError invalidProfile, also where there is none to have */
export function chooseProfile(
  name: string | undefined,
  organisation: OrganisationConfig,
): ProfileName | null {
  if (name !== undefined) return checkProfile(name, organisation)
  if (profilesOf(organisation).length === 0) throw refuse(name, [])
  return null
}

/** The one shown when none was asked for: RSA, which every server software takes. */
export const defaultProfile = (organisation: OrganisationConfig): ProfileName =>
  profilesOf(organisation)[0] ?? 'rsa2048'
