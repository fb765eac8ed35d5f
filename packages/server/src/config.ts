/**
 * Configuration: environment and YAML into one typed, checked object.
 *
 * The only reader of the environment. Every mistake is reported at once.
 * Source: docs/operations.md, "Settings".
 */
import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { readBlockedKeys } from '@upki-gateway/shared/check'
import { parse } from 'yaml'
import { z } from 'zod'
import { type ConfigFile, configFile } from './config-file.js'
import { parseRedisUrl } from './redis/redis-url.js'
import { unsendable } from './notify/notices-config.js'
import { findUrlMistake } from './store/database-hosts.js'

const redisUrl = z.string().superRefine((url, context) => {
  try {
    parseRedisUrl(url)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

const databaseUrl = z.string().superRefine((url, context) => {
  const message = findUrlMistake(url)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const environment = z.object({
  UPKI_DATA_DIR: z.string().default('./var'),
  UPKI_LISTEN: z
    .string()
    .regex(/^(\[[0-9a-f:]+\]|[^:]+):\d{1,5}$/i, 'must be HOST:PORT, such as 127.0.0.1:8443')
    .default('127.0.0.1:8443'),
  UPKI_CONFIG: z.string().optional(),
  UPKI_DATABASE_URL: databaseUrl.optional(),
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
export type OrganisationConfig = ConfigFile['organisations'][number] & BlockedKeys
export type { IssuanceSystemConfig, ScreensConfig } from './config-file.js'

export interface Config extends ConfigFile, BlockedKeys {
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
function sharedCredentials(systems: ConfigFile['issuanceSystems']): string[] {
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

function checkReferences(contents: ConfigFile, smtpUrl: string | undefined): void {
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

/** Names of files are relative to the data directory. */
function withPaths(contents: ConfigFile, inDataDirectory: (path: string) => string): ConfigFile {
  const { issuanceSystems, webhooks } = contents
  return {
    ...contents,
    issuanceSystems: issuanceSystems.map((system) => ({
      ...system,
      ...(system.adapter === 'screens' ? { credentialsFile: inDataDirectory(system.credentialsFile) } : {}),
      chainFiles: system.chainFiles.map(inDataDirectory),
    })),
    webhooks: { ...webhooks, ...(webhooks.caFile && { caFile: inDataDirectory(webhooks.caFile) }) },
  }
}

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
    ...withPaths(contents, inDataDirectory),
    ...(blockedKeys && { blockedKeys }),
    organisations: contents.organisations.map((each) => ({ ...each, ...(blockedKeys && { blockedKeys }) })),
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
