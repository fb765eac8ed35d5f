/** Settings of notices: whom to mail, how webhooks are called, how long events are kept. Source: docs/notices.md. */
import { z } from 'zod'
import { cidr } from '../net/cidr.js'
import { eventTypes, forTeams } from './event-types.js'

const types = z.array(z.enum(eventTypes))

/** Plain: what could end a header or begin another address is no address here. */
const address = z.email().max(254)

/** Mails of an organisation. */
export const organisationNotices = z.strictObject({
  /** Addresses of teams. */
  to: z.array(address).min(1).max(20),
  types: types.default([...forTeams]),
  language: z.enum(['ja', 'en']).default('ja'),
  /** What the subscriber of an application or certificate is mailed as well. */
  subscriberTypes: types.default([]),
  /** Whether mails to the team name the subscriber. */
  withNames: z.boolean().default(false),
})

export const mail = z.strictObject({
  from: address,
  /** What happens within so long goes into one mail. */
  collectSeconds: z.number().nonnegative().max(86_400).default(60),
})

export const webhookCalls = z.strictObject({
  /** Networks that are connected to although they are not public: for receivers inside. */
  allowedNetworks: z.array(cidr).default([]),
  /** PEM of certification authorities that receivers may have besides the usual ones. */
  caFile: z.string().optional(),
  timeoutSeconds: z.number().positive().max(60).default(10),
  /** After which an event is not tried any more. */
  giveUpHours: z.number().positive().default(72),
  /** Without one success for so long a webhook is disabled. */
  disableAfterHours: z.number().positive().default(120),
})

export const events = z.strictObject({
  /** Older ones are deleted. */
  keepDays: z.number().positive().default(90),
})

interface Noticed {
  mail?: unknown
  organisations: readonly { id: string; notices?: unknown }[]
}

/** Notices that nothing could send. */
export function unsendable({ mail: sender, organisations }: Noticed, smtpUrl: string | undefined): string[] {
  const lines = organisations
    .filter(({ notices }) => notices !== undefined && sender === undefined)
    .map(({ id }) => `  organisation ${id}: notices need mail.from`)
  if (sender !== undefined && smtpUrl === undefined) lines.push('  mail: UPKI_SMTP_URL is not set')
  return lines
}
