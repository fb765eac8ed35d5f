/** The entry of `revoke` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { RevokeOptions } from './run.js'

const group = { en: 'Certificate:', ja: '証明書:' }

export const revoke: CommandSpec<RevokeOptions> = {
  name: 'revoke',
  summary: { en: 'revoke a certificate', ja: '証明書を失効させる' },
  description: {
    en: `Ask the server to revoke a certificate (RFC 8555 §7.6), by the account that
ordered it. At a UPKI gateway this becomes an application for revocation.

The files stay; "upki-client delete" removes them. keycompromise binds the CA to
revoke within a day: after an ordinary renewal use superseded.`,
    ja: `証明書の失効をサーバに依頼します (RFC 8555 §7.6)。注文したアカウントで行います。
UPKI ゲートウェイでは失効申請になります。

ファイルは残ります ("upki-client delete" で削除)。keycompromise は 24 時間以内の失効を
認証局に義務づけます。通常の更新の後は superseded を使ってください。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group,
      text: { en: 'which certificate; asked for on a terminal', ja: '証明書名。端末では省略すると尋ねる' },
    },
    {
      flags: '--cert-path <path>',
      group,
      text: { en: 'an older version of it, as a PEM file', ja: '以前の版を指す PEM ファイル' },
    },
    {
      flags: '--reason <reason>',
      group,
      choices: ['unspecified', 'keycompromise', 'affiliationchanged', 'superseded', 'cessationofoperation'],
      default: 'unspecified',
      text: { en: 'why', ja: '失効理由' },
    },
    ...commonOptions,
  ],
  examples: ['upki-client revoke --cert-name www.example.ac.jp --reason cessationofoperation'],
  run: async (options, context) => (await import('./run.js')).runRevoke(options, context),
}
