/** Options of the installers; `run`, `install` and `renew` have them. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { InstallerOptions } from '../installers/contract.js'
import { readEndpoint } from '../installers/read-endpoint.js'
import { parseMode } from './parse-mode.js'
import { parsePort } from './parse-port.js'
import { Failure } from '../terminal/failure.js'
import type { OptionSpec } from './command-spec.js'

const group: Bilingual = { en: 'Installing:', ja: '設置:' }

export interface InstallOptions extends InstallerOptions {
  nginx?: boolean
  apache?: boolean
  iis?: boolean
  redirect?: boolean
  hsts?: boolean
  httpsPort?: number
}

const option = (flags: string, en: string, ja: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  flags,
  group,
  text: { en, ja },
  ...more,
})

/** It is kept for renewals, which order before they look; an empty one takes it away. @throws Failure (usage) */
function parseCheck(text: string): string {
  if (text !== '') readEndpoint(text, [])
  return text
}

/** For certificates that hooks bring to their servers too. */
export const checkOption = option(
  '--check <host:port>',
  'look there by TLS after installing or deploying',
  '設置や deploy-hook の後に TLS で確認する場所',
  { parse: parseCheck },
)

export const installerOptions: readonly OptionSpec[] = [
  option('-i, --installer <name>', 'where to install', '設置先', {
    choices: ['nginx', 'apache', 'iis', 'files', 'none'],
  }),
  option('--nginx', 'the same as --installer nginx', '--installer nginx と同じ'),
  option('--apache', 'the same as --installer apache', '--installer apache と同じ'),
  option('--iis', 'the same as --installer iis (on Windows)', '--installer iis と同じ (Windows)'),
  option(
    '--redirect',
    'send http on to https, where TLS is made',
    'TLS 化したサイトで http を https へ転送する',
  ),
  option('--no-redirect', 'do not (after --redirect for earlier ones)', '転送しない'),
  option('--hsts', 'have browsers insist on https for a year', 'HSTS (1 年) を有効にする'),
  option('--no-hsts', 'do not', 'HSTS を有効にしない'),
  option(
    '--https-port <port>',
    'port of TLS blocks that are made (default: 443)',
    '新しく作る TLS 設定のポート (既定: 443)',
    {
      parse: parsePort,
    },
  ),
  option('--nginx-ctl <path>', 'nginx program (default: nginx)', 'nginx プログラム (既定: nginx)'),
  option(
    '--nginx-server-root <path>',
    "folder of nginx.conf (default: nginx's own)",
    'nginx.conf のフォルダ',
  ),
  option('--apache-ctl <path>', 'apachectl program (default: by distribution)', 'apachectl プログラム'),
  option('--files-fullchain <path>', 'copy the certificate and its chain here', '証明書とチェーンの写し先'),
  option('--files-cert <path>', 'copy the certificate alone here', '証明書だけの写し先'),
  option('--files-chain <path>', 'copy the chain alone here', 'チェーンだけの写し先'),
  option('--files-key <path>', 'copy the private key here', '秘密鍵の写し先'),
  option('--files-owner <user:group>', 'owner of the copies', '写したファイルの所有者'),
  option(
    '--files-mode <mode>',
    'mode of the copied key, octal (default: 600)',
    '写した鍵のモード (既定: 600)',
    {
      parse: parseMode,
    },
  ),
  option('--test-command <command>', 'must succeed before and after copying', '写す前後に成功すべきコマンド'),
  option('--reload-command <command>', 'has the service take the files up', 'サービスに反映させるコマンド'),
  checkOption,
]

/** `--nginx`, `--apache` and `--iis` are short for `--installer`. @throws Failure (usage) when both or others are named */
export function chooseInstaller<T extends InstallOptions>(options: T): T {
  const named = new Set([
    ...(options.installer ? [options.installer] : []),
    ...(options.nginx ? ['nginx'] : []),
    ...(options.apache ? ['apache'] : []),
    ...(options.iis ? ['iis'] : []),
  ])
  if (named.size > 1) throw several([...named])
  const [installer] = named
  return { ...options, installer }
}

const several = (names: readonly string[]) =>
  new Failure('usage', {
    en: `Choose one installer, not ${names.join(' and ')}.`,
    ja: `設置先は 1 つだけ選んでください (${names.join('、')})。`,
  })
