/**
 * What an account may ask for: names inside the approval that it carries, or, without
 * an EAB credential and where the organisation lets it, names that an operator then looks at.
 * Source: docs/architecture.md, "Waiting is the normal case".
 */
import type { OrganisationConfig } from '../../config.js'
import { coversNames, isLive } from '../../policy/approval.js'
import { ProblemError } from '../../problem/problem-error.js'
import { joinOrganisation } from '../../store/acme-accounts.js'
import type { Admitted } from '../../store/acme-admissions.js'
import type { Transaction } from '../../store/database.js'
import type { ApprovalRow } from '../../store/tables.js'
import type { AcmeEnvironment } from '../environment.js'
import type { AdmittedCall } from '../serve.js'
import { checkAgreed } from '../terms.js'
import { checkApproved, checkNames } from './identifiers.js'

export interface Standing {
  organisation: OrganisationConfig
  /** Absent: what is ordered waits for an operator. */
  approval?: ApprovalRow
}

const ended = (): ProblemError =>
  new ProblemError(
    'unauthorized',
    'The approval behind this account has ended; ask the registration authority operator for a new one',
    { ja: 'このアカウントの承認は終了しています。登録担当者に新しい承認を依頼してください。' },
  )

export const liveApprovalOf = (acme: AcmeEnvironment, { approval }: Admitted): ApprovalRow | undefined =>
  approval && isLive(approval, acme.env.now()) ? approval : undefined

const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`)

/** The one that takes applications of unknown accounts for all these names. @throws ProblemError rejectedIdentifier */
function organisationFor(acme: AcmeEnvironment, names: readonly string[]): OrganisationConfig {
  const found = acme.env.config.organisations.find(
    ({ accountsWithoutEab, domains }) =>
      accountsWithoutEab && names.every((name) => domains.some((domain) => isBelow(name, domain))),
  )
  if (found) return found
  throw new ProblemError(
    'rejectedIdentifier',
    `No organisation here takes applications for ${names.join(', ')} from an account without an EAB credential; ask the registration authority operator for one`,
    {
      ja: `${names.join(', ')} は、EABのないアカウントからは申請できません。登録担当者にEABを依頼してください。`,
    },
  )
}

async function standingOfApplicant(
  acme: AcmeEnvironment,
  trx: Transaction,
  admitted: Admitted,
  names: readonly string[],
): Promise<Standing> {
  const { account } = admitted
  const organisation = account.organisation
    ? acme.env.organisation(account.organisation)
    : organisationFor(acme, names)
  checkNames(names, organisation)
  const approval = liveApprovalOf(acme, admitted)
  if (approval && coversNames(approval, names)) return { organisation, approval }
  if (!organisation.accountsWithoutEab) throw ended()
  if (account.organisation === null) await joinOrganisation(trx, account.id, organisation.id)
  return { organisation }
}

/** @throws ProblemError unauthorized or rejectedIdentifier when the account may not even apply for these names */
export async function standingFor(
  acme: AcmeEnvironment,
  trx: Transaction,
  call: AdmittedCall,
  names: readonly string[],
): Promise<Standing> {
  const { account } = call
  checkAgreed(acme, account, call.urls)
  if (account.eab_kid === null) return standingOfApplicant(acme, trx, call, names)
  const approval = liveApprovalOf(acme, call)
  if (!approval) throw ended()
  const organisation = acme.env.organisation(approval.organisation)
  checkNames(names, organisation)
  checkApproved(names, approval)
  return { organisation, approval }
}
