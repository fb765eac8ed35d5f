/**
 * The configuration file: every member with its type, limits and default.
 * Source: docs/operations.md, "Settings".
 */
import { OverlayError, overlayTables, readOverlay, type KindTables } from '@upki-gateway/shared/tsv'
import { z } from 'zod'
import { httpsOrigin, webConsole } from './console/console-config.js'
import { siteChanges } from './issuance/adapters/screens/site-profile.js'
import { cidr } from './net/cidr.js'
import { events, mail, organisationNotices, webhookCalls } from './notify/notices-config.js'

/** The published tables with what the organisation lays over them: docs/upki-tsv.md, "Tables of an institution". */
const tables = z.unknown().transform((value, context): KindTables => {
  try {
    return overlayTables(readOverlay(value))
  } catch (error) {
    if (!(error instanceof OverlayError)) throw error
    for (const message of error.mistakes) context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
})

const organisation = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  organizationName: z.string().min(1).max(64),
  locality: z.string().min(1).max(64),
  stateOrProvince: z.string().min(1).max(64),
  country: z.literal('JP').default('JP'),
  domains: z.array(z.string().min(1)).min(1),
  profiles: z.array(z.string().regex(/^\d{1,2}$/)).default(['3', '11', '5', '13', '14', '7', '15', '16']),
  /** Approved names are valid at once (`registered`), or must be shown by `challenge` as well. */
  authorization: z.enum(['registered', 'challenge']).default('registered'),
  /** Applications outside every approval: `auto` queues them, `manual` waits for an operator. */
  approval: z.enum(['auto', 'manual']).default('manual'),
  /** ACME orders inside an approval: `auto` queues them, `manual` waits for an operator each time. */
  orderApproval: z.enum(['auto', 'manual']).default('auto'),
  /** Lets ACME accounts without an EAB credential apply; an operator looks at what they order. */
  accountsWithoutEab: z.boolean().default(false),
  /** Operators who must approve what waits; with two neither is the requester, and an operator's own waits too. */
  approvers: z.union([z.literal(1), z.literal(2)]).default(1),
  /** How long an approval made by approving an application lasts, unless it is said. */
  approvalDays: z.int().min(1).max(3650).default(365),
  issuanceSystem: z.string(),
  tables: tables.optional(),
  /** Words in host names that make the service hold an application, in place of those published as examples. */
  phishingWords: z.array(z.string().min(1)).optional(),
  /** Takes kinds whose columns are guessed. */
  unpublishedKinds: z.boolean().default(false),
  /** Without it nobody is mailed. */
  notices: organisationNotices.optional(),
})

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const maintenance = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => from < to, 'from must be before to')

const anySystem = {
  id: z.string().min(1),
  /** PEM files with the certificates between leaf and root. */
  chainFiles: z.array(z.string()).min(1),
  /** After a lost answer: how long until a report that does not show the rows proves that they were not taken. */
  settleSeconds: z.number().nonnegative().default(1800),
  /** Whether such a proof lets the gateway upload again by itself; else an operator decides. */
  resubmitAfterProof: z.boolean().default(false),
  /** Rows still in work after this are shown as held. */
  heldAfterSeconds: z.number().positive().default(3600),
  /** Rows of a file that was taken, and that no report has shown after this, are an operator's to decide. */
  missingAfterSeconds: z.number().positive().default(21_600),
  /** What differs on the real pages from what is published of them. */
  site: siteChanges.optional(),
}

/** The web pages, driven with the operator's client certificate: switched on deliberately. */
const screens = z.strictObject({
  ...anySystem,
  adapter: z.literal('screens'),
  /** JSON file with url, certFile, keyFile and caFile of the operator's login. */
  credentialsFile: z.string(),
  reportIntervalSeconds: z.number().positive().default(60),
  uploadTimeoutSeconds: z.number().positive().default(600),
  /** After how long without a sign of life of its process an upload counts as abandoned. */
  leaseSeconds: z.number().min(3).max(3600).default(90),
  /** From the beginning of one upload to that of the next. */
  secondsBetweenUploads: z.number().nonnegative().default(0),
  /** How often everything that the service has is read, for what others did there, such as a CA that revokes. */
  historyIntervalHours: z.number().positive().default(24),
  /** Announced stops of the service: nothing is uploaded and no report is read. */
  maintenance: z.array(maintenance).default([]),
})

/** An operator carries files and reports: what production starts with. */
const handoff = z.strictObject({ ...anySystem, adapter: z.literal('handoff') })

const issuanceSystem = z.discriminatedUnion('adapter', [screens, handoff])

/** How challenges are validated. */
const validation = z.strictObject({
  /** DNS servers, ADDRESS or ADDRESS:PORT, each one a vantage point; without any the machine's own. */
  resolvers: z.array(z.string().regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$/i)).default([]),
  /** Networks that are connected to although they are not public: for tests. */
  allowedNetworks: z.array(cidr).default([]),
  /** RFC 8555 §8.3 and RFC 8737 §3 fix the ports; others are for tests. */
  httpPort: z.int().min(1).max(65535).default(80),
  tlsPort: z.int().min(1).max(65535).default(443),
})

const limit = z.int().min(1).nullable()

/** Null: no limit. Source: docs/operations.md, "Rate limits". */
const rateLimits = z.strictObject({
  requestsPerMinute: limit.default(3000),
  newAccountsPerHour: limit.default(100),
  newOrdersPerAccountPerHour: limit.default(1000),
  newOrdersPerOrganisationPerHour: limit.default(5000),
  /** Networks whose requests and new accounts are not counted. */
  exempt: z.array(cidr).default(['127.0.0.0/8', '::1/128']),
})

const acme = z.strictObject({
  /** Scheme and authority of every ACME URL; without it the Host header of the request decides. */
  externalUrl: httpsOrigin.optional(),
  termsOfService: z.url().optional(),
  website: z.url().optional(),
  /** What a CAA record must name for this CA to issue (RFC 8659). */
  caaIdentities: z.array(z.string().min(1).toLowerCase()).default(['secomtrust.net']),
  validation: validation.prefault({}),
  /** When the terms changed: accounts that agreed before have to agree again (RFC 8555 §7.3.3). */
  termsChangedAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
  rateLimits: rateLimits.prefault({}),
})

const http = z.strictObject({
  /** Proxies whose X-Forwarded-For is believed: addresses or networks. */
  trustedProxies: z.array(z.union([cidr, z.ipv4(), z.ipv6()])).default([]),
  /** After SIGTERM: from the end of readiness until no connection is taken any more. */
  drainSeconds: z.number().min(0).max(300).default(0),
})

export const configFile = z.strictObject({
  organisations: z.array(organisation).min(1),
  issuanceSystems: z.array(issuanceSystem).min(1),
  batching: z
    .strictObject({
      /** A batch is sealed when it is full or its oldest application has waited this long. */
      maxAgeSeconds: z.number().nonnegative().default(60),
    })
    .default({ maxAgeSeconds: 60 }),
  queue: z
    .strictObject({
      /** How often the store is looked through for what the queue has lost: it waits no longer. */
      sweepSeconds: z.number().min(1).max(60).default(60),
    })
    .prefault({}),
  /** Lists of keys that nobody may use: docs/upki-tsv.md, "Blocked keys". */
  blockedKeyFiles: z.array(z.string()).default([]),
  acme: acme.prefault({}),
  http: http.prefault({}),
  console: webConsole.prefault({}),
  webhooks: webhookCalls.prefault({}),
  events: events.prefault({}),
  mail: mail.optional(),
})

export type ConfigFile = z.output<typeof configFile>
export type IssuanceSystemConfig = ConfigFile['issuanceSystems'][number]
export type ScreensConfig = z.output<typeof screens>
