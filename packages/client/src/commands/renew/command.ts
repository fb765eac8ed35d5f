/** The entry of `renew` in the command table. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import { hookOptions } from '../hook-options.js'
import { parseAddress } from '../parse-address.js'
import { parseSeconds } from '../parse-seconds.js'
import type { RenewOptions } from './options.js'

const group: Bilingual = { en: 'Renewing:', ja: '更新:' }

export const renew: CommandSpec<RenewOptions> = {
  name: 'renew',
  summary: {
    en: 'renew what is due, go on with orders, install what waits',
    ja: '期限の近い証明書を更新し、進行中の注文と設置を続ける',
  },
  description: {
    en: `Renew every certificate that is due, and install it where it was installed
before. Meant for cron or a systemd timer: silent with -q when nothing is due.

What happens: due is what the CA suggests (ARI, RFC 9773), or else what has less
than a third of its lifetime left. Orders under way are gone on with. A new key
is made for each order. The new certificate is installed and looked at by TLS.

What if it fails: the old certificate stays in use, and the next runs try again,
with pauses of an hour growing to a day. A certificate that was issued but could
not be installed waits; the next run installs it and orders nothing.`,
    ja: `期限の近い証明書をすべて更新し、前に設置した場所へ設置します。cron や systemd
タイマーから使います。-q を付ければ、更新するものがないとき何も表示しません。

動作: CA の示す時期 (ARI, RFC 9773)、なければ有効期間の残りが 3 分の 1 を切ったものが
対象です。進行中の注文は続きから行います。鍵は注文ごとに新しく作り、設置後に TLS で
確認します。

失敗したとき: 今の証明書を使い続け、次回以降に再試行します (間隔は 1 時間から 1 日まで
延びます)。発行済みで設置できなかった証明書は次の実行で設置し、再注文はしません。`,
  },
  options: [
    { flags: '--cert-name <name>', group, text: { en: 'only this one', ja: 'この証明書だけ' } },
    {
      flags: '--force-renewal',
      group,
      oneRun: true,
      text: { en: 'even what is not due', ja: '期限が近くなくても更新する' },
    },
    {
      flags: '--dry-run',
      group,
      oneRun: true,
      text: {
        en: 'check and tell; order and write nothing',
        ja: '確かめて表示するだけ。注文も書き込みもしない',
      },
    },
    {
      flags: '--timeout <seconds>',
      group,
      default: 600,
      parse: parseSeconds,
      text: {
        en: 'how long to wait for what is ordered; the next run goes on',
        ja: '注文した証明書を待つ秒数 (全体)。続きは次の実行で',
      },
    },
    {
      flags: '--no-random-sleep-on-renew',
      group,
      text: {
        en: 'begin at once, without a terminal too',
        ja: '端末からでなくても、すぐに始める',
      },
    },
    {
      flags: '--failure-hook <command>',
      group,
      text: {
        en: 'when something failed; it gets FAILED_DOMAINS and FAILED_REASON',
        ja: '失敗したときに実行するコマンド (FAILED_DOMAINS と FAILED_REASON を渡す)',
      },
    },
    {
      flags: '--failure-mail <address>',
      group,
      parse: parseAddress,
      text: {
        en: "mail there when something failed, by the machine's sendmail",
        ja: '失敗したときの通知先メールアドレス (このマシンの sendmail で送る)',
      },
    },
    {
      flags: '--sendmail <path>',
      group,
      text: {
        en: 'that program (default: /usr/sbin/sendmail)',
        ja: 'そのプログラム (既定: /usr/sbin/sendmail)',
      },
    },
    {
      flags: '--install-timer',
      group,
      oneRun: true,
      text: {
        en: 'set up a systemd timer, or a cron entry, that runs this twice a day',
        ja: '1 日 2 回実行する systemd タイマー (なければ cron) を設定する',
      },
    },
    ...hookOptions,
    ...commonOptions,
  ],
  examples: ['upki-client renew', 'upki-client renew -q', 'upki-client renew --install-timer'],
  run: async (options, context) =>
    options.installTimer
      ? (await import('./timer.js')).runInstallTimer(options, context)
      : (await import('./run.js')).runRenew(options, context),
}
