/** Who is to be mailed of the events that are being published, by the settings of each organisation. */
import type { Environment } from '../../issuance/ports/environment.js'
import { newId } from '../../issuance/new-id.js'
import type { OrganisationConfig } from '../../config.js'
import type { Transaction } from '../../store/database.js'
import { addToMail, type Addressed, type AddressedEvent, listAddressed } from '../../store/mails.js'
import type { EventType } from '../event-types.js'

type Notices = NonNullable<OrganisationConfig['notices']>

export type MailSettings = Pick<Environment, 'config'>

/** Types that any organisation wants mailed. */
function typesOf({ config }: MailSettings): EventType[] {
  const all = config.organisations.flatMap(({ notices }) =>
    notices ? [...notices.types, ...notices.subscriberTypes] : [],
  )
  return [...new Set(all)]
}

/** One address and nothing else, whatever an applicant wrote. */
const isAddress = (text: string | null): text is string =>
  text !== null && text.length <= 254 && /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text)

type Recipient = Pick<Addressed, 'recipient' | 'audience'>

function recipientsOf(notices: Notices, { type, subscriberEmail }: AddressedEvent): Recipient[] {
  const team = notices.types.includes(type) ? notices.to : []
  const isForSubscriber = notices.subscriberTypes.includes(type) && isAddress(subscriberEmail)
  return [
    ...team.map((recipient) => ({ recipient, audience: 'team' as const })),
    ...(isForSubscriber ? [{ recipient: subscriberEmail, audience: 'subscriber' as const }] : []),
  ]
}

const AT_ONCE = 100

/** The events of each recipient and type together, as many as one mail takes at once. */
function gather({ config }: MailSettings, events: readonly AddressedEvent[]): Addressed[] {
  const noticesOf = new Map(config.organisations.map(({ id, notices }) => [id, notices]))
  const mails = new Map<string, Addressed & { positions: string[] }>()
  for (const event of events) {
    const { organisation, type, position } = event
    const notices = noticesOf.get(organisation)
    for (const to of notices ? recipientsOf(notices, event) : []) {
      const key = JSON.stringify([organisation, to, type])
      const mail = mails.get(key) ?? { ...to, id: newId(), organisation, type, positions: [] }
      mails.set(key, mail)
      mail.positions.push(position)
    }
  }
  return [...mails.values()]
}

const split = (mail: Addressed): Addressed[] =>
  Array.from({ length: Math.ceil(mail.positions.length / AT_ONCE) }, (_, part) => ({
    ...mail,
    id: part === 0 ? mail.id : newId(),
    positions: mail.positions.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  }))

/** In the transaction of the publication, for events after this position. */
export async function addressMails(
  settings: MailSettings,
  trx: Transaction,
  { after, now }: { after: string; now: Date },
): Promise<void> {
  const { mail } = settings.config
  const types = typesOf(settings)
  if (!mail || types.length === 0) return
  const dueAt = new Date(now.getTime() + mail.collectSeconds * 1000)
  for (const addressed of gather(settings, await listAddressed(trx, { after, types })).flatMap(split))
    await addToMail(trx, addressed, { now, dueAt })
}
