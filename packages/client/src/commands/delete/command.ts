/** The entry of `delete` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { DeleteOptions } from './run.js'

const group = { en: 'Certificate:', ja: '証明書:' }

export const deleteCommand: CommandSpec<DeleteOptions> = {
  name: 'delete',
  summary: { en: 'delete the files of a certificate', ja: '証明書のファイルを削除する' },
  description: {
    en: `Delete all versions of a certificate with their keys and its renewal
configuration. It is not revoked by this. A certificate that is installed in a
server is deleted only with --force, since the server could not start again.`,
    ja: `証明書のすべての版と鍵、更新の設定を削除します。失効はしません。サーバに設置した
証明書は、サーバが起動できなくなるため --force を付けた場合だけ削除します。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group,
      text: { en: 'which certificate; asked for on a terminal', ja: '証明書名。端末では省略すると尋ねる' },
    },
    {
      flags: '--force',
      group,
      oneRun: true,
      text: {
        en: 'even though a server is configured with it; asks nothing',
        ja: 'サーバに設置されていても、確認なしに削除する',
      },
    },
    ...commonOptions,
  ],
  examples: ['upki-client delete --cert-name old.example.ac.jp'],
  run: async (options, context) => (await import('./run.js')).runDelete(options, context),
}
