/** Hooks, as certbot has them; kept with the certificate, so that renewals run them too. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { OptionSpec } from './command-spec.js'

const group: Bilingual = { en: 'Hooks:', ja: 'フック:' }

export const hookOptions: readonly OptionSpec[] = [
  {
    flags: '--pre-hook <command>',
    group,
    text: { en: 'before a certificate is ordered', ja: '証明書を注文する前に実行するコマンド' },
  },
  {
    flags: '--post-hook <command>',
    group,
    text: { en: 'afterwards, whether it came or not', ja: '成否にかかわらず、後で実行するコマンド' },
  },
  {
    flags: '--deploy-hook <command>',
    group,
    text: {
      en: 'when one came; it gets RENEWED_LINEAGE and RENEWED_DOMAINS',
      ja: '証明書ができたら実行するコマンド (RENEWED_LINEAGE と RENEWED_DOMAINS を渡す)',
    },
  },
]

export interface HookOptions {
  preHook?: string
  postHook?: string
  deployHook?: string
}
