/** The entry of `csr` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { CsrOptions } from './run.js'

const request = { en: 'Request:', ja: '申請内容:' }
const result = { en: 'Result:', ja: '結果:' }

export const csr: CommandSpec<CsrOptions> = {
  name: 'csr',
  summary: { en: 'make a key and a CSR that the service accepts', ja: '受け付けられる鍵と CSR を作る' },
  description: {
    en: `Make a new private key and a CSR with the five attributes in the order that UPKI
accepts, without challenge password. A key is for one certificate only: a renewal
needs a new one. Existing files are not replaced.`,
    ja: `新しい秘密鍵と、UPKI が受け付ける順に五つの属性を並べた CSR を作ります (チャレンジ
パスワードなし)。鍵は証明書一枚ごとに作ります。更新でも新しい鍵が必要です。
既存のファイルは置き換えません。`,
  },
  operands: {
    syntax: '<names...>',
    text: { en: 'host names; the first becomes the CN', ja: 'ホスト名。最初のものが CN になる' },
  },
  options: [
    {
      flags: '--config <file>',
      group: request,
      text: { en: "YAML with the organisation's registered values", ja: '機関の登録値 (YAML)' },
    },
    {
      flags: '--config-id <id>',
      group: request,
      text: {
        en: 'which organisation of --config, if several',
        ja: '--config に複数の機関があるとき、その id',
      },
    },
    { flags: '--organization <text>', group: request, text: { en: 'O, as registered', ja: 'O (登録値)' } },
    { flags: '--locality <text>', group: request, text: { en: 'L, as registered', ja: 'L (登録値)' } },
    { flags: '--state <text>', group: request, text: { en: 'ST, as registered', ja: 'ST (登録値)' } },
    {
      flags: '--key-type <type>',
      group: request,
      choices: ['rsa2048', 'p384'],
      default: 'rsa2048',
      text: { en: 'rsa2048 for profile 3, p384 for profile 11', ja: 'rsa2048 はプロファイル3、p384 は11' },
    },
    {
      flags: '-o, --output <prefix>',
      group: result,
      text: {
        en: 'PREFIX.key and PREFIX.csr (default: the first name)',
        ja: 'PREFIX.key と PREFIX.csr に書く (既定: 最初の名前)',
      },
    },
    ...commonOptions.filter(({ flags }) => /--(json|quiet|lang)/.test(flags)),
  ],
  examples: [
    'upki-client csr --config upki.yaml www.example.ac.jp',
    'upki-client csr --organization "Example University" --locality Chiyoda-ku --state Tokyo www.example.ac.jp',
  ],
  run: async (options, context) => (await import('./run.js')).runCsr(options, context),
}
