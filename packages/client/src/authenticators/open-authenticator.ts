/** The authenticator that options name, and how its work is looked at before the server does. */
import type { Authenticator, ChallengeTask, ChallengeType } from '../acme/challenge.js'
import type { Prover } from '../acme/prove-names.js'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'
import type { Prompter } from '../terminal/prompter.js'
import type { Reporter } from '../terminal/reporter.js'
import { ManualAuthenticator } from './manual.js'
import { StandaloneAuthenticator } from './standalone.js'
import { WebrootAuthenticator, type WebrootMap } from './webroot.js'

/** As they come from the command line, from `cli.ini` or from `renewal/NAME.conf`: there numbers are text. */
export interface ChallengeOptions {
  authenticator?: string
  /** JSON: webroot by name. */
  webrootMap?: string
  http01Port?: number | string
  http01Address?: string
  tlsAlpn01Port?: number | string
  manualAuthHook?: string
  manualCleanupHook?: string
  preferredChallenges?: string
  preflight?: boolean | string
  preflightDns?: string
  preflightHttpPort?: number | string
  dnsPropagationSeconds?: number | string
}

export interface Surroundings {
  reporter: Reporter
  signal: AbortSignal
  prompter?: Prompter
}

export function openProver(options: ChallengeOptions, surroundings: Surroundings): Prover {
  const { reporter, signal } = surroundings
  const tell: Prover['tell'] = (state) => reporter.progress(state, state)
  return {
    authenticator: openAuthenticator(options, surroundings),
    preferred: readPreferred(options.preferredChallenges),
    preflight: (tasks) => check(tasks, options, { signal, tell }),
    tell,
    signal,
  }
}

async function check(
  tasks: readonly ChallengeTask[],
  { preflight: wanted, preflightDns, preflightHttpPort, dnsPropagationSeconds }: ChallengeOptions,
  { signal, tell }: Pick<Prover, 'signal' | 'tell'>,
): Promise<void> {
  if (wanted === false || wanted === 'false') return
  const { preflight } = await import('./preflight.js')
  await preflight(tasks, {
    dnsServer: preflightDns,
    httpPort: Number(preflightHttpPort ?? 80),
    propagationSeconds: Number(dnsPropagationSeconds ?? 120),
    signal,
    tell,
  })
}

/** Undefined for none. @throws Failure (usage) for options that do not go together */
function openAuthenticator(
  options: ChallengeOptions,
  { reporter, prompter }: Surroundings,
): Authenticator | undefined {
  const { authenticator: name, http01Port = 80, tlsAlpn01Port = 443, http01Address } = options
  if (name === 'webroot') return new WebrootAuthenticator(readWebrootMap(options.webrootMap))
  if (name === 'standalone')
    return new StandaloneAuthenticator({
      httpPort: Number(http01Port),
      tlsPort: Number(tlsAlpn01Port),
      address: http01Address,
    })
  if (name !== 'manual') return undefined
  const { manualAuthHook, manualCleanupHook } = options
  return new ManualAuthenticator({
    authHook: manualAuthHook,
    cleanupHook: manualCleanupHook,
    reporter,
    prompter,
  })
}

export function readWebrootMap(text = '{}'): WebrootMap {
  try {
    const map: unknown = JSON.parse(text)
    if (map && typeof map === 'object' && Object.values(map).every((path) => typeof path === 'string'))
      return expandMap(map as WebrootMap)
  } catch {
    // Told below.
  }
  throw new Failure('usage', {
    en: `--webroot-map ${printable(text, 200)} is not JSON such as {"www.example.ac.jp": "/var/www/html"}.`,
    ja: `--webroot-map ${printable(text, 200)} は {"www.example.ac.jp": "/var/www/html"} のような JSON ではありません。`,
  })
}

/** certbot's form has several names in one key, with commas. */
const expandMap = (map: WebrootMap): WebrootMap =>
  Object.fromEntries(
    Object.entries(map).flatMap(([names, path]) =>
      names.split(',').map((name) => [name.trim().toLowerCase(), path]),
    ),
  )

const shortNames: Record<string, ChallengeType> = {
  http: 'http-01',
  dns: 'dns-01',
  'tls-alpn': 'tls-alpn-01',
  'http-01': 'http-01',
  'dns-01': 'dns-01',
  'tls-alpn-01': 'tls-alpn-01',
}

/** `dns,http`, or the whole names. @throws Failure (usage) */
export function readPreferred(text: string | undefined): ChallengeType[] {
  const words = (text ?? '').split(',').map((word) => word.trim().toLowerCase())
  return words.filter(Boolean).map((word) => {
    const type = Object.hasOwn(shortNames, word) ? shortNames[word] : undefined
    if (type) return type
    throw new Failure('usage', {
      en: `--preferred-challenges ${printable(word, 40)}: known are http, dns and tls-alpn.`,
      ja: `--preferred-challenges ${printable(word, 40)}: http、dns、tls-alpn のいずれかを指定してください。`,
    })
  })
}
