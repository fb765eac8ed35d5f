/**
 * Configuration: environment and YAML into one typed, checked object.
 *
 * The only reader of the environment. Every mistake is reported at once.
 * Source: docs/operations.md, "Settings".
 */
import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { readBlockedKeys } from '@upki-gateway/shared/check'
import { OverlayError, overlayTables, readOverlay, type KindTables } from '@upki-gateway/shared/tsv'
import { parse } from 'yaml'
import { z } from 'zod'
import { httpsOrigin, webConsole } from './console/console-config.js'
import { parseRedisUrl } from './redis/redis-url.js'
import { cidr } from './net/cidr.js'
import { events, mail, organisationNotices, unsendable, webhookCalls } from './notify/notices-config.js'
import { siteChanges } from './issuance/adapters/screens/site-profile.js'

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

const redisUrl = z.string().superRefine((url, context) => {
  try {
    parseRedisUrl(url)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

const environment = z.object({
  UPKI_DATA_DIR: z.string().default('./var'),
  UPKI_LISTEN: z
    .string()
    .regex(/^(\[[0-9a-f:]+\]|[^:]+):\d{1,5}$/i, 'must be HOST:PORT, such as 127.0.0.1:8443')
    .default('127.0.0.1:8443'),
  UPKI_CONFIG: z.string().optional(),
  UPKI_DATABASE_URL: z.string().optional(),
  UPKI_REDIS_URL: redisUrl.optional(),
  /** smtp: or smtps:, with user name and password where the server wants them. */
  UPKI_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s]+$/, 'must be smtp://HOST:PORT or smtps://HOST:PORT')
    .optional(),
  // Only whether there is a collector: what OpenTelemetry itself reads is its own.
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  UPKI_CHECK_ANSWERS: z.enum(['on', 'off']).default('off'),
  UPKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

/** Of the files in `blockedKeyFiles`: SHA-256 of each SubjectPublicKeyInfo, hex. */
type BlockedKeys = { blockedKeys?: ReadonlySet<string> }
export type OrganisationConfig = z.infer<typeof organisation> & BlockedKeys
export type IssuanceSystemConfig = z.infer<typeof issuanceSystem>
export type ScreensConfig = z.infer<typeof screens>

export interface Config extends z.infer<typeof configFile>, BlockedKeys {
  organisations: OrganisationConfig[]
  dataDirectory: string
  listen: { host: string; port: number }
  logLevel: string
  /** Whether answers of REST are held against the contract too; requests always are. */
  checksAnswers: boolean
  databaseUrl?: string
  redisUrl?: string
  smtpUrl?: string
  /** Whether traces have a collector to go to. */
  hasCollector: boolean
}

/** The sample organisation and the simulator: what `npm start` runs without a configuration file. */
const embeddedFile = (): z.input<typeof configFile> => ({
  organisations: [
    {
      id: 'example',
      organizationName: 'Example University',
      locality: 'Chiyoda-ku',
      stateOrProvince: 'Tokyo',
      domains: ['example.ac.jp'],
      issuanceSystem: 'simulator',
    },
  ],
  issuanceSystems: [
    {
      id: 'simulator',
      adapter: 'screens',
      credentialsFile: 'simulator.json',
      chainFiles: ['simulator/chain-rsa.pem', 'simulator/chain-ecc.pem'],
      reportIntervalSeconds: 0.5,
      uploadTimeoutSeconds: 120,
      // The simulator registers a file before it answers, so its report proves quickly.
      settleSeconds: 3,
      resubmitAfterProof: true,
    },
  ],
  batching: { maxAgeSeconds: 0 },
  // A place to try things out, and to measure.
  acme: { rateLimits: { newOrdersPerAccountPerHour: null, newOrdersPerOrganisationPerHour: null } },
})

export class ConfigError extends Error {
  override name = 'ConfigError'
}

function check<S extends z.ZodType>(schema: S, value: unknown, source: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const mistakes = result.error.issues.map(
    (issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`,
  )
  throw new ConfigError(`${source} has ${mistakes.length} mistake(s):\n${mistakes.join('\n')}`)
}

function readFile(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`UPKI_CONFIG: ${path} could not be read: ${(cause as Error).message}`, { cause })
  }
}

/** One upload at a time for each operator credential holds for each issuance system: two may not share one. */
function sharedCredentials(systems: z.infer<typeof configFile>['issuanceSystems']): string[] {
  const seen = new Set<string>()
  return systems.flatMap((system) => {
    if (system.adapter !== 'screens') return []
    const isShared = seen.has(system.credentialsFile)
    seen.add(system.credentialsFile)
    return isShared
      ? [`  issuance system ${system.id}: ${system.credentialsFile} is the login of another one`]
      : []
  })
}

function checkReferences(contents: z.infer<typeof configFile>, smtpUrl: string | undefined): void {
  const { organisations, issuanceSystems } = contents
  const known = new Set(issuanceSystems.map(({ id }) => id))
  const lost = organisations.filter(({ issuanceSystem: id }) => !known.has(id))
  const lines = lost.map(
    ({ id, issuanceSystem: name }) => `  organisation ${id}: there is no issuance system ${name}`,
  )
  lines.push(...sharedCredentials(issuanceSystems), ...unsendable(contents, smtpUrl))
  if (lines.length === 0) return
  throw new ConfigError(`UPKI_CONFIG has ${lines.length} mistake(s):\n${lines.join('\n')}`)
}

/** @throws ConfigError: without its lists a gateway does not start */
function readBlockedKeyFiles(paths: readonly string[]): ReadonlySet<string> | undefined {
  const keys = new Set<string>()
  for (const path of paths)
    try {
      readBlockedKeys(readFileSync(path, 'latin1'), keys)
    } catch (cause) {
      throw new ConfigError(`blockedKeyFiles: ${path}: ${(cause as Error).message}`, { cause })
    }
  return keys.size > 0 ? keys : undefined
}

function parseListen(listen: string): Config['listen'] {
  const colon = listen.lastIndexOf(':')
  const port = Number(listen.slice(colon + 1))
  if (port > 65535) throw new ConfigError(`UPKI_LISTEN: port ${port} is above 65535`)
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port }
}

/** By the standard settings of OpenTelemetry; its own defaults would send to a collector on this machine. */
const hasCollector = (settings: z.output<typeof environment>): boolean =>
  (settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined &&
  settings.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
  settings.OTEL_TRACES_EXPORTER !== 'none'

/** @throws ConfigError that lists every mistake of its source */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const settings = check(environment, present, 'The environment')
  const dataDirectory = resolve(settings.UPKI_DATA_DIR)
  const contents = check(
    configFile,
    settings.UPKI_CONFIG ? readFile(settings.UPKI_CONFIG) : embeddedFile(),
    settings.UPKI_CONFIG ?? 'The built-in configuration',
  )
  checkReferences(contents, settings.UPKI_SMTP_URL)
  const inDataDirectory = (path: string) => (isAbsolute(path) ? path : resolve(dataDirectory, path))
  const blockedKeys = readBlockedKeyFiles(contents.blockedKeyFiles.map(inDataDirectory))
  return {
    ...contents,
    ...(blockedKeys && { blockedKeys }),
    organisations: contents.organisations.map((each) => ({ ...each, ...(blockedKeys && { blockedKeys }) })),
    issuanceSystems: contents.issuanceSystems.map((system) => ({
      ...system,
      ...(system.adapter === 'screens' ? { credentialsFile: inDataDirectory(system.credentialsFile) } : {}),
      chainFiles: system.chainFiles.map(inDataDirectory),
    })),
    webhooks: {
      ...contents.webhooks,
      ...(contents.webhooks.caFile && { caFile: inDataDirectory(contents.webhooks.caFile) }),
    },
    dataDirectory,
    listen: parseListen(settings.UPKI_LISTEN),
    logLevel: settings.UPKI_LOG_LEVEL,
    checksAnswers: settings.UPKI_CHECK_ANSWERS === 'on',
    databaseUrl: settings.UPKI_DATABASE_URL,
    redisUrl: settings.UPKI_REDIS_URL,
    smtpUrl: settings.UPKI_SMTP_URL,
    hasCollector: hasCollector(settings),
  }
}
