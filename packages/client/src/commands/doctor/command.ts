/** The entry of `doctor` in the command table. */
import { accountOptions } from '../certonly/command.js'
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { DoctorOptions } from './run.js'

const wanted = /--(server|ca-file|eab-|allow-http)/

export const doctor: CommandSpec<DoctorOptions> = {
  name: 'doctor',
  summary: { en: 'look for what is wrong, and say what to do', ja: '問題を調べ、対処方法を示す' },
  description: {
    en: `Look at everything that certificates and renewals depend on, and say for each
problem what to do: permissions, the timer, orders under way, links and chains,
what servers show on the wire, the ACME server (reachable, trusted, clock,
account), and where names are proven by challenges DNS, CAA and port 80.

Nothing is repaired and nothing is ordered. Status 1 when there is a problem.`,
    ja: `証明書と更新に必要なものをすべて調べ、問題ごとに対処方法を示します: 権限、タイマー、
進行中の注文、リンクとチェーン、サーバが送る証明書、ACME サーバ (接続、信頼、時計、
アカウント)、チャレンジを使う場合は DNS・CAA・ポート 80。

何も変更せず、何も注文しません。問題があれば終了コード 1 です。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: { en: 'only this one', ja: 'この証明書だけ' },
    },
    ...accountOptions.filter(({ flags }) => wanted.test(flags)),
    ...commonOptions,
  ],
  examples: ['upki-client doctor', 'upki-client doctor --server https://upki.example.ac.jp/acme/directory'],
  run: async (options, context) => (await import('./run.js')).runDoctor(options, context),
}
