/** Carries out one accepted row: the event that ends it. */
import { randomUUID } from 'node:crypto'
import { certificateNames } from '../applications/host-names.js'
import { clientProfiles, serverProfiles, smimeProfiles } from '../applications/profiles.js'
import { publicKeyInfoIn } from '../applications/csr.js'
import { commonNameOf, parseSubjectDn } from '../applications/subject-dn.js'
import type { EndEntityIssuer, IssuedCertificate } from '../ca/end-entity.js'
import type { Hierarchy } from '../ca/hierarchy.js'
import type { Attribute } from '../ca/names.js'
import { cellsOfApplication, type Application } from '../registry/application.js'
import type { CertificateIssued, Completed } from '../registry/events.js'
import { randomPin, type PersonalKeys } from './personal-key.js'

export interface Workshop {
  issuer: EndEntityIssuer
  hierarchy: Hierarchy
  keys: PersonalKeys
}

type Ending = CertificateIssued | Completed

const issued = (
  application: Application,
  made: IssuedCertificate,
  accessPin?: string,
): CertificateIssued => ({
  type: 'issued',
  at: Date.now(),
  applicationId: application.applicationId,
  serial: made.serial,
  certificate: made.certificate.toString('base64'),
  notBefore: made.notBefore.getTime(),
  notAfter: made.notAfter.getTime(),
  ...(accessPin === undefined ? {} : { accessPin }),
})

/** C first, as certificates have it, with the CN lower-cased; OU never enters a server certificate. */
const serverSubject = (subjectDn: string): Attribute[] =>
  (parseSubjectDn(subjectDn) ?? [])
    .filter(([type]) => type !== 'OU')
    .map(([type, value]): Attribute => [type, type === 'CN' ? value.toLowerCase() : value])
    .toReversed()

async function issueServer(application: Application, { issuer }: Workshop): Promise<Ending> {
  const { subjectDn, profileId, csr, fqdn, dnsNames } = cellsOfApplication(application)
  const profile = serverProfiles[profileId]
  if (!profile) throw new Error(`application ${application.applicationId} cannot be issued`)
  const names = certificateNames(fqdn, dnsNames)
  return issued(
    application,
    await issuer.server(profile.issuer, serverSubject(subjectDn), names, publicKeyInfoIn(csr)),
  )
}

async function issuePersonal(application: Application, workshop: Workshop): Promise<Ending> {
  const { subjectDn, profileId, userMail, accessPin } = cellsOfApplication(application)
  const isMail = application.category === 'smime'
  const months = (isMail ? smimeProfiles : clientProfiles)[profileId] ?? 0
  // Since August 2023 the CA keeps of an S/MIME subject the CN alone.
  const subject: Attribute[] = isMail
    ? [['CN', commonNameOf(subjectDn)]]
    : (parseSubjectDn(subjectDn) ?? []).toReversed()
  const { key, publicKeyInfo } = await workshop.keys.make()
  const made = await workshop.issuer.personal(subject, publicKeyInfo, months, isMail ? userMail : undefined)
  const pin = accessPin === '' ? randomPin() : accessPin
  const chain = [made.certificate, workshop.hierarchy.rsa.certificate]
  await workshop.keys.keep(application.applicationId, key, chain, pin)
  return issued(application, made, pin)
}

const completed = (application: Application): Completed => ({
  type: 'completed',
  at: Date.now(),
  applicationId: application.applicationId,
  ...(application.kind === 'acme-create' ? { acmeAccountId: randomUUID() } : {}),
})

export function carryOut(application: Application, workshop: Workshop): Promise<Ending> {
  const isCertificate = /-(?:issue|renew)$/.test(application.kind) && application.category !== 'acme'
  if (!isCertificate) return Promise.resolve(completed(application))
  return application.category === 'server'
    ? issueServer(application, workshop)
    : issuePersonal(application, workshop)
}
