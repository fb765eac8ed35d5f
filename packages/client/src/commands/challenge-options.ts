/** Options of the authenticators; names and meanings are certbot's where it has them. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { Failure } from '../terminal/failure.js'
import type { ChallengeOptions } from '../authenticators/open-authenticator.js'
import type { Given, OptionSpec } from './command-spec.js'
import { parsePort } from './parse-port.js'
import { parseSeconds } from './parse-seconds.js'

const group: Bilingual = { en: 'Proving names by challenges:', ja: 'チャレンジによる名前の証明:' }

export interface ProvingOptions extends Omit<ChallengeOptions, 'webrootMap'> {
  webroot?: boolean
  webrootPath?: string[]
  webrootMap?: string
  standalone?: boolean
  manual?: boolean
}

const option = (flags: string, en: string, ja: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  flags,
  group,
  text: { en, ja },
  ...more,
})

export const challengeOptions: readonly OptionSpec[] = [
  option('-a, --authenticator <name>', 'how names are proven', '名前の証明方法', {
    choices: ['webroot', 'standalone', 'manual', 'none'],
  }),
  option(
    '--webroot',
    'the same as -a webroot: a file in the folder of a running web server',
    '-a webroot と同じ: 動作中のウェブサーバのフォルダにファイルを置く',
  ),
  option(
    '-w, --webroot-path <path>',
    'its folder, for the -d that follow; repeat it for others',
    'そのフォルダ (後に続く -d が対象。繰り返せる)',
    { parse: (value, previous) => [...((previous as string[] | undefined) ?? []), value] },
  ),
  option('--webroot-map <json>', 'the same as JSON: {"NAME": "PATH"}', '同じ内容の JSON: {"名前": "パス"}'),
  option(
    '--standalone',
    'the same as -a standalone: a web server of its own meanwhile',
    '-a standalone と同じ: その間だけ自前のウェブサーバを動かす',
  ),
  option('--http-01-port <port>', 'port of that server (default: 80)', 'そのポート (既定: 80)', {
    parse: parsePort,
  }),
  option(
    '--http-01-address <address>',
    'its address (default: all, IPv4 and IPv6)',
    'その IP アドレス (既定: すべて)',
  ),
  option(
    '--tls-alpn-01-port <port>',
    'its port for tls-alpn-01 (default: 443)',
    'tls-alpn-01 のポート (既定: 443)',
    { parse: parsePort },
  ),
  option(
    '--manual',
    'the same as -a manual: a hook, or you, shows what is looked for',
    '-a manual と同じ: フックか人の手で用意する',
  ),
  option(
    '--manual-auth-hook <command>',
    'shows it; gets CERTBOT_DOMAIN, CERTBOT_VALIDATION, …',
    '用意するコマンド (CERTBOT_DOMAIN, CERTBOT_VALIDATION などを渡す)',
  ),
  option(
    '--manual-cleanup-hook <command>',
    'takes it away; gets CERTBOT_AUTH_OUTPUT as well',
    '片付けるコマンド (CERTBOT_AUTH_OUTPUT も渡す)',
  ),
  option(
    '--preferred-challenges <types>',
    'http, dns, tls-alpn; the first that serves',
    'http, dns, tls-alpn。使える最初のもの',
  ),
  option(
    '--dns-propagation-seconds <seconds>',
    'how long records may take to appear (default: 120)',
    'DNS レコードが見えるまで待つ秒数 (既定: 120)',
    { parse: parseSeconds },
  ),
  option(
    '--no-preflight',
    'do not look at the challenges from here first',
    'サーバに依頼する前の手元での確認をしない',
  ),
  option(
    '--preflight-dns <address>',
    "resolver for that look (default: this machine's)",
    'その確認で使う DNS サーバ (既定: このマシンの設定)',
  ),
  option(
    '--preflight-http-port <port>',
    'port for that look (default: 80)',
    'その確認で使うポート (既定: 80)',
    { parse: parsePort },
  ),
]

/**
 * `--webroot`, `--standalone` and `--manual` are short for `--authenticator`; each
 * `-w` is for the `-d` that follow, as with certbot.
 *
 * @param given options in the order of the command line
 * @throws Failure (usage) when several are named, or a webroot without a path
 */
export function chooseAuthenticator<
  T extends ProvingOptions & { domains?: string[]; given?: readonly Given[] },
>(options: T): T & ChallengeOptions {
  const { webroot, standalone, manual, webrootPath, webrootMap } = options
  const named = new Set([
    ...(options.authenticator ? [options.authenticator] : []),
    ...(webroot ? ['webroot'] : []),
    ...(standalone ? ['standalone'] : []),
    ...(manual ? ['manual'] : []),
  ])
  if (named.size === 0 && (webrootPath ?? webrootMap)) named.add('webroot')
  if (named.size > 1) throw several([...named])
  const [authenticator] = named
  if (authenticator !== 'webroot') return { ...options, authenticator }
  if (webrootMap) return { ...options, authenticator }
  return { ...options, authenticator, webrootMap: mapWebroots(options) }
}

function mapWebroots({
  webrootPath = [],
  domains,
  given = [],
}: ProvingOptions & { domains?: string[]; given?: readonly Given[] }): string | undefined {
  if (!domains) return undefined
  const [only, ...others] = webrootPath
  if (!only) throw withoutPath
  if (others.length === 0)
    return JSON.stringify(Object.fromEntries(domains.map((name) => [bare(name), only])))
  const map: Record<string, string> = {}
  let current: string | undefined
  let known: readonly string[] = []
  for (const { name, value } of given) {
    if (name === 'webrootPath') current = (value as string[]).at(-1)
    if (name !== 'domains') continue
    const names = value as string[]
    if (!current) throw withoutPath
    for (const one of names.filter((entry) => !known.includes(entry))) map[bare(one)] = current
    known = names
  }
  return JSON.stringify(map)
}

const bare = (name: string) => name.replace(/^\*\./, '')

const several = (names: readonly string[]) =>
  new Failure('usage', {
    en: `Choose one authenticator, not ${names.join(' and ')}.`,
    ja: `認証方法は 1 つだけ選んでください (${names.join('、')})。`,
  })

const withoutPath = new Failure('usage', {
  en: '--webroot needs the folder that the web server serves: -w /var/www/html before the -d it is for.',
  ja: '--webroot にはウェブサーバが公開するフォルダが必要です。-w /var/www/html を対象の -d の前に指定してください。',
})
