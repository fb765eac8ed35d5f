/** The entry of `reconfigure` in the command table. */
import { challengeOptions } from '../challenge-options.js'
import type { CommandSpec } from '../command-spec.js'
import { certificateOptions } from '../certonly/command.js'
import { commonOptions } from '../common-options.js'
import { hookOptions } from '../hook-options.js'
import { installerOptions } from '../installer-options.js'
import type { ReconfigureOptions } from './run.js'

const wanted = /--(cert-name|software|preferred-chain|p12|p12-password-file|key-owner|key-mode)\b/

export const reconfigure: CommandSpec<ReconfigureOptions> = {
  name: 'reconfigure',
  summary: { en: 'change how a certificate is renewed', ja: '証明書の更新方法を変える' },
  description: {
    en: `Change what renewals of a certificate use: how names are proven, where it is
installed, hooks, owner of the key, PKCS#12. What is not given stays; an empty
value ('') takes a setting away.

The new settings are tried as "renew --dry-run" does before they are written;
when that fails, nothing is changed.`,
    ja: `証明書の更新で使うもの (名前の証明方法、設置先、フック、鍵の所有者、PKCS#12) を
変えます。指定しないものはそのままで、空の値 ('') は設定を取り除きます。

書き込む前に "renew --dry-run" と同じ確認を行い、失敗すれば何も変更しません。`,
  },
  options: [
    ...certificateOptions.filter(({ flags }) => wanted.test(flags)),
    ...challengeOptions,
    ...installerOptions,
    ...hookOptions,
    ...commonOptions,
  ],
  examples: [
    `upki-client reconfigure --cert-name www.example.ac.jp --deploy-hook 'systemctl reload dovecot'`,
  ],
  run: async (options, context) => (await import('./run.js')).runReconfigure(options, context),
}
