/** The entry of `take-eab` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { TakeEabOptions } from './run.js'

const group = { en: 'Credential:', ja: 'EAB:' }

export const takeEab: CommandSpec<TakeEabOptions> = {
  name: 'take-eab',
  summary: {
    en: "take the EAB credential of UPKI's own ACME service by a one-time link",
    ja: '一度だけ使えるリンクで UPKI の ACME サービスの EAB を受け取る',
  },
  description: {
    en: `Take the EAB credential that answers an application for UPKI's own ACME
service, by the link that the registration authority operator gave. The link is
read from standard input, or asked for on a terminal: as an argument every user
of the machine could read it. It works once. The credential is written to a file
that only you can read; certonly and register take it with --eab-file.`,
    ja: `UPKI の ACME サービスの利用申請に対する EAB を、登録担当者から受け取ったリンクで
受け取ります。リンクは標準入力から読むか、端末で尋ねます (引数で渡すと同じマシンの
他の利用者に見えるため)。リンクは一度だけ有効です。EAB は自分だけが読めるファイルに
書かれ、certonly や register で --eab-file に指定して使います。`,
  },
  options: [
    {
      flags: '-o, --out <path>',
      group,
      default: 'eab.json',
      text: { en: 'file to write; it must not exist', ja: '書き出すファイル (既存のファイルは不可)' },
    },
    {
      flags: '--ca-file <path>',
      group,
      text: {
        en: "PEM file of the only CAs to trust for the gateway's TLS",
        ja: 'ゲートウェイの TLS 証明書を検証する CA の PEM ファイル (これだけを信頼する)',
      },
    },
    ...commonOptions,
  ],
  examples: ['upki-client take-eab', 'upki-client take-eab --out /root/eab.json < link.txt'],
  run: async (options, context) => (await import('./run.js')).runTakeEab(options, context),
}
