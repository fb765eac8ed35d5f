/** The entry of `certificates` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { CertificatesOptions } from './run.js'

export const certificates: CommandSpec<CertificatesOptions> = {
  name: 'certificates',
  summary: {
    en: 'list certificates and orders under way',
    ja: '証明書と進行中の注文を一覧する',
  },
  description: {
    en: `List the certificates under the configuration directory, with their names,
subject, serial number, end and paths, and the orders that are under way.

Nothing is written and no server is asked. A certificate that cannot be read
is listed with the reason and makes the status 1; the others are still shown.`,
    ja: `設定ディレクトリにある証明書の名前・主体者・シリアル番号・期限・パスと、
進行中の注文を一覧します。

何も書き込まず、サーバにも問い合わせません。読めない証明書は理由とともに表示し、
終了コードは 1 になります (他の証明書は表示します)。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: { en: 'only this one', ja: 'この証明書だけ' },
    },
    ...commonOptions,
  ],
  examples: ['upki-client certificates', 'upki-client certificates --json'],
  run: async (options, context) => (await import('./run.js')).runCertificates(options, context),
}
