/** A certificate that an operator enters by hand: it joins the inventory, and the history of its CN. */
import { X509Certificate } from 'node:crypto'
import type { OrganisationConfig } from '../config.js'
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import { insertCertificates } from '../store/certificates.js'
import type { Transaction } from '../store/database.js'
import type { NewCertificateRow } from '../store/tables.js'
import { commonNameOf, factsOfCertificate, subjectOf } from './certificate-facts.js'
import type { Environment } from './ports/environment.js'

export interface EnteredCertificate {
  organisation: string
  pem: string
  subscriberEmail?: string
  replacesSerial?: string
  actor: string
}

const refuse = (detail: string, ja: string, cause?: unknown): ProblemError =>
  new ProblemError('applicationsRefused', detail, { ja, cause })

function factsOf(pem: string): ReturnType<typeof factsOfCertificate> {
  try {
    return factsOfCertificate(pem)
  } catch (cause) {
    throw refuse('This is not a certificate in PEM', 'PEM形式の証明書ではありません。', cause)
  }
}

const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`)

/** Of servers, names under the organisation's domains; of persons, its O in the subject. */
function checkOwn(row: NewCertificateRow, organisation: OrganisationConfig): void {
  const foreign = row.names.filter(
    (name) => !organisation.domains.some((domain) => isBelow(name.toLowerCase(), domain)),
  )
  if (foreign.length > 0)
    throw refuse(
      `${foreign.join(', ')} is not under the organisation's domains`,
      `${foreign.join(', ')} は機関のドメインではありません。`,
    )
  if (row.names.length === 0 && !row.subject_dn.includes(`O=${organisation.organizationName}`))
    throw refuse(
      "The certificate has no host name, and its subject is not the organisation's",
      '証明書にホスト名がなく、主体者DNのOも機関の名称ではありません。',
    )
}

/** Empty where the authority is not among the configured ones: the certificate counts all the same. */
function chainOf(env: Environment, organisation: OrganisationConfig, pem: string): string {
  try {
    return env.issuanceSystem(organisation.issuanceSystem).chainFor(pem).join('')
  } catch {
    return ''
  }
}

/**
 * Entering what is known already changes nothing.
 * @returns its serial, and whether it was not known
 * @throws ProblemError applicationsRefused for what is no certificate, or not of the organisation
 */
export async function enterCertificate(
  env: Environment,
  trx: Transaction,
  { actor, ...entered }: EnteredCertificate,
): Promise<{ serial: string; isNew: boolean }> {
  const organisation = env.organisation(entered.organisation)
  const facts = factsOf(entered.pem)
  const pem = new X509Certificate(entered.pem).toString()
  const row: NewCertificateRow = {
    ...facts,
    organisation: organisation.id,
    application_id: null,
    common_name: commonNameOf(pem),
    subject_dn: subjectOf(pem),
    profile_id: null,
    chain_pem: chainOf(env, organisation, pem),
    status: facts.not_after <= env.now() ? 'expired' : 'valid',
    category: facts.names.length > 0 ? 'server' : 'client',
    origin: 'entered',
    replaces_serial: entered.replacesSerial ? BigInt(entered.replacesSerial).toString() : null,
    subscriber_email: entered.subscriberEmail ?? null,
    created_at: env.now(),
  }
  checkOwn(row, organisation)
  const isNew = (await insertCertificates(trx, [row])) === 1
  if (isNew)
    await appendAudit(trx, [{ at: env.now(), actor, action: 'certificate.enter', subject: facts.serial }])
  return { serial: facts.serial, isNew }
}
