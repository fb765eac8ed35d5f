/**
 * `renewal/NAME.conf`: what a renewal needs to know, in the form certbot keeps
 * it: an INI file with the paths on top and `[renewalparams]` below.
 */
import { dirname } from 'node:path'
import { parse, safe, unsafe } from 'ini'
import * as z from 'zod/mini'
import { keyTypes } from '../keystore/certificate-key.js'
import { makePrivateDirectory, publicMode, writeFileAtomic } from '../keystore/atomic-file.js'
import { paths, type Directories } from '../keystore/directories.js'
import { livePaths } from '../keystore/lineage.js'
import { readOptional } from '../keystore/read-optional.js'
import { Failure } from '../terminal/failure.js'
import { version } from '../version.js'

const text = z.optional(z.string())
const parametersSchema = z.object({
  /** Directory URL. */
  server: z.string(),
  /** Folder name under `accounts/`. */
  account: z.string(),
  keyType: z.enum(keyTypes),
  /** PEM file that the server's TLS is trusted by. */
  caFile: text,
  software: text,
  /** Where it is installed, and how. */
  installer: text,
  nginxCtl: text,
  nginxServerRoot: text,
  apacheCtl: text,
  filesFullchain: text,
  filesCert: text,
  filesChain: text,
  filesKey: text,
  filesOwner: text,
  filesMode: text,
  testCommand: text,
  reloadCommand: text,
  check: text,
  redirect: text,
  hsts: text,
  httpsPort: text,
  /** How names are proven, and by which chain. */
  authenticator: text,
  webrootMap: text,
  http01Port: text,
  http01Address: text,
  tlsAlpn01Port: text,
  manualAuthHook: text,
  manualCleanupHook: text,
  preferredChallenges: text,
  preflight: text,
  preflightDns: text,
  preflightHttpPort: text,
  dnsPropagationSeconds: text,
  preferredChain: text,
  /** Who else may read the key, and other forms of it. */
  keyOwner: text,
  keyMode: text,
  p12: text,
  p12PasswordFile: text,
  /** Hooks, with certbot's names for them. */
  preHook: text,
  postHook: text,
  deployHook: text,
})

export type RenewalParameters = z.infer<typeof parametersSchema>
export type SavedOptions = Partial<Omit<RenewalParameters, 'server' | 'account' | 'keyType'>>

const names = Object.keys(parametersSchema.shape) as (keyof RenewalParameters)[]

/** Those of the options that renewals repeat. */
export function savedOptions(options: object): SavedOptions {
  const given = options as Record<string, unknown>
  const saved = names.filter((name) => !['server', 'account', 'keyType', 'caFile'].includes(name))
  return Object.fromEntries(saved.flatMap((name) => toText(name, given[name])))
}

/** Numbers are text in an INI file, and most switches are on unless they are turned off. */
function toText(name: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return [[name, value]]
  if (typeof value === 'number' || value === false) return [[name, String(value)]]
  return value === true && offByDefault.has(name) ? [[name, 'true']] : []
}

const offByDefault = new Set(['redirect', 'hsts'])

/** Undefined when the certificate has none. @throws Failure when it cannot be read */
export async function readRenewalConfig(
  directories: Directories,
  name: string,
): Promise<RenewalParameters | undefined> {
  const path = paths.renewal(directories, name)
  const content = await readOptional(path)
  if (content === undefined) return undefined
  const { renewalparams } = parse(content) as { renewalparams?: Record<string, unknown> }
  const given = names.map((key) => [key, asText(renewalparams?.[snakeCase(key)])])
  const { success, data } = parametersSchema.safeParse(Object.fromEntries(given))
  if (success) return data
  throw damaged(path)
}

export async function writeRenewalConfig(
  directories: Directories,
  name: string,
  parameters: RenewalParameters,
): Promise<void> {
  const path = paths.renewal(directories, name)
  await makePrivateDirectory(dirname(path))
  await writeFileAtomic(path, render(directories, name, parameters), publicMode)
}

/** Changes what is given and keeps the rest. */
export async function updateRenewalConfig(
  directories: Directories,
  name: string,
  changes: Partial<RenewalParameters>,
): Promise<void> {
  const current = await readRenewalConfig(directories, name)
  if (current) await writeRenewalConfig(directories, name, { ...current, ...changes })
}

function render(directories: Directories, name: string, parameters: RenewalParameters): string {
  const top = { version, archive_dir: paths.archive(directories, name), ...livePaths(directories, name) }
  const { account, server, ...rest } = parameters
  const given = Object.entries(rest).filter(([, value]) => Boolean(value))
  const parameterLines = given.map(([key, value]) => renderLine(snakeCase(key), value))
  return [
    ...Object.entries(top).map(([key, value]) => renderLine(key, value)),
    '',
    '[renewalparams]',
    renderLine('account', account),
    renderLine('server', server),
    ...parameterLines,
    '',
  ].join('\n')
}

/**
 * The library's own form where it reads back as the same text. It leaves backslashes as they are, so that the
 * `\;` of find(1) in a hook would begin a comment; what is quoted is read as JSON.
 */
const renderLine = (key: string, value: string) =>
  `${key} = ${unsafe(safe(value)) === value ? safe(value) : JSON.stringify(value)}`

/** INI has no types; the parser makes booleans and null of the words. */
const asText = (value: unknown) => (typeof value === 'boolean' || value === null ? String(value) : value)

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const damaged = (path: string) =>
  new Failure('failed', {
    en: `${path} lacks server, account or key_type under [renewalparams]. Restore it from a backup, or run certonly with --force-renewal once more.`,
    ja: `${path} の [renewalparams] に server、account、key_type のいずれかがありません。バックアップから戻すか、certonly --force-renewal をもう一度実行してください。`,
  })
