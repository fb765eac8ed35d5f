/** Options that every command has; names and meanings are certbot's. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { OptionSpec } from './command-spec.js'

const files: Bilingual = { en: 'Files:', ja: 'ファイル:' }
const output: Bilingual = { en: 'Output:', ja: '出力:' }

export const configFlags = '-c, --config <file>'

export const commonOptions: readonly OptionSpec[] = [
  {
    flags: configFlags,
    group: files,
    text: {
      en: 'options as "name = value" (default: /etc/upki-client/cli.ini, then cli.ini in ~/.config/upki-client)',
      ja: 'オプションを "名前 = 値" で書いたファイル (既定: /etc/upki-client/cli.ini、~/.config/upki-client/cli.ini)',
    },
  },
  {
    flags: '--config-dir <path>',
    group: files,
    text: {
      en: 'accounts, keys, certificates (default: /etc/upki-client)',
      ja: 'アカウント・鍵・証明書の置き場所 (既定: /etc/upki-client)',
    },
  },
  {
    flags: '--work-dir <path>',
    group: files,
    text: {
      en: 'orders under way, with their keys (default: /var/lib/upki-client, or work in --config-dir)',
      ja: '進行中の注文とその鍵の置き場所 (既定: /var/lib/upki-client、または --config-dir の work)',
    },
  },
  {
    flags: '--logs-dir <path>',
    group: files,
    text: {
      en: 'upki-client.log (default: /var/log/upki-client, or logs in --config-dir)',
      ja: 'upki-client.log の置き場所 (既定: /var/log/upki-client、または --config-dir の logs)',
    },
  },
  {
    flags: '--json',
    group: output,
    text: {
      en: 'result as JSON on standard output; messages go to standard error',
      ja: '結果を JSON で標準出力へ出す。メッセージは標準エラー出力へ',
    },
  },
  {
    flags: '-q, --quiet',
    group: output,
    text: { en: 'only warnings and errors', ja: '警告とエラーだけを表示する' },
  },
  {
    flags: '-n, --non-interactive',
    group: output,
    text: { en: 'never ask anything', ja: '何も尋ねない' },
  },
  {
    flags: '--lang <language>',
    group: output,
    choices: ['ja', 'en'],
    text: { en: 'language of messages (default: by locale)', ja: 'メッセージの言語 (既定: ロケールに従う)' },
  },
]
