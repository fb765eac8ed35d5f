/**
 * Everything the simulated service knows, in memory, changed by journal events alone:
 * what happens live and what a restart replays are the same code.
 */
import { categoryOf } from '../applications/kinds.js'
import { parseSerial } from '../applications/serial.js'
import { accountClaim, claimsOf } from '../checks/claims.js'
import type { History } from '../checks/context.js'
import { cellsOfApplication, newApplication, type Application } from './application.js'
import type { CertificateIssued, Completed, RegistryEvent, Released, Uploaded } from './events.js'
import { WorkQueue } from './work-queue.js'

const isRevocation = ({ kind }: Application) => kind.endsWith('-revoke')
const isRenewal = ({ kind }: Application) => kind.endsWith('-renew')

export class Registry {
  readonly queue = new WorkQueue()
  uploadCount = 0
  private readonly byId = new Map<string, Application>()
  private readonly bySerial = new Map<string, Application>()
  private readonly claims = new Set<string>()

  /** In the order registered. */
  applications(): IterableIterator<Application> {
    return this.byId.values()
  }

  get applicationCount(): number {
    return this.byId.size
  }

  nextApplicationId = (offset: number): string => String(this.byId.size + 1 + offset).padStart(10, '0')

  historyOf(organisationId: string): History {
    return {
      isClaimed: (claim) => this.claims.has(`${organisationId} ${claim}`),
      certificate: (serial) => {
        const application = this.certificateOf(organisationId, serial)
        return (
          application && {
            category: application.category,
            subjectDn: cellsOfApplication(application).subjectDn,
          }
        )
      },
    }
  }

  apply(event: RegistryEvent): void {
    if (event.type === 'uploaded') this.register(event)
    else if (event.type === 'issued') this.issue(event)
    else if (event.type === 'completed') this.complete(event)
    else this.release(event)
  }

  private certificateOf(organisationId: string, serial: string): Application | undefined {
    const application = this.bySerial.get(serial)
    return application?.organisationId === organisationId ? application : undefined
  }

  /** The certificate that a revocation or renewal names in column 4. */
  private targetOf(application: Application): Application | undefined {
    const serial = parseSerial(cellsOfApplication(application).serial) ?? ''
    return this.certificateOf(application.organisationId, serial)
  }

  private register(event: Uploaded): void {
    this.uploadCount++
    const category = categoryOf(event.kind)
    for (const row of event.rows) {
      const application = newApplication(event, row, category)
      this.byId.set(application.applicationId, application)
      for (const claim of claimsOf(event.kind, row.fields))
        this.claims.add(`${event.organisationId} ${claim}`)
      if (isRevocation(application)) this.markRevocation(application)
      this.queue.add(application)
    }
  }

  private markRevocation(application: Application): void {
    const target = this.targetOf(application)
    const { reason, comment, managerMail: mail } = cellsOfApplication(application)
    const { applicationId, acceptedAt } = application
    if (target) target.revocation = { applicationId, acceptedAt, reason, comment, mail }
  }

  private issue(event: CertificateIssued): void {
    const application = this.existing(event.applicationId)
    application.issued = event
    application.completedAt = event.at
    application.status = 'waiting-for-download'
    this.bySerial.set(event.serial, application)
    const replaced = isRenewal(application) ? this.targetOf(application) : undefined
    if (replaced && replaced.status !== 'revoked') replaced.status = 'replaced'
  }

  private complete(event: Completed): void {
    const application = this.existing(event.applicationId)
    application.completedAt = event.at
    application.status = 'issued'
    if (event.acmeAccountId !== undefined) {
      application.acmeAccountId = event.acmeAccountId
      this.claims.add(`${application.organisationId} ${accountClaim(event.acmeAccountId)}`)
    }
    const target = isRevocation(application) ? this.targetOf(application) : undefined
    if (!target?.revocation) return
    target.status = 'revoked'
    target.revocation.completedAt = event.at
  }

  private release(event: Released): void {
    this.existing(event.applicationId).isReleased = true
    this.queue.release(event.applicationId)
  }

  private existing(applicationId: string): Application {
    const application = this.byId.get(applicationId)
    if (!application)
      throw new Error(`the journal speaks of application ${applicationId} before it was registered`)
    return application
  }
}
