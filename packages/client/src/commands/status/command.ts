/** The entry of `status` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { StatusOptions } from './run.js'

export const status: CommandSpec<StatusOptions> = {
  name: 'status',
  summary: {
    en: 'tell what is issued, installed, and seen on the wire',
    ja: '発行・設置・確認の状態を表示する',
  },
  description: {
    en: `Tell for each certificate how far it came: issued, installed, seen on the wire;
and what waits or failed. Status 1 when something failed or has expired, so that
it can be watched. Nothing is written and no server is asked.`,
    ja: `証明書ごとに、発行・設置・TLS での確認のどこまで進んだかと、待ちや失敗を表示
します。失敗や期限切れがあると終了コードは 1 になり、監視に使えます。何も書き込まず、
サーバにも問い合わせません。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: { en: 'only this one', ja: 'この証明書だけ' },
    },
    ...commonOptions,
  ],
  examples: ['upki-client status', 'upki-client status --json'],
  run: async (options, context) => (await import('./run.js')).runStatus(options, context),
}
