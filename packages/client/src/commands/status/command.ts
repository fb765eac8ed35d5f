/** The entry of `status` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { StatusOptions } from './options.js'

export const status: CommandSpec<StatusOptions> = {
  name: 'status',
  summary: {
    en: 'tell what is issued, installed, and seen on the wire',
    ja: '発行・設置・確認の状態を表示する',
  },
  description: {
    en: `Tell for each certificate how far it came: issued, installed, seen on the wire;
and what waits or failed. Status 1 when something failed or has expired, so that
it can be watched. Nothing is written and no server is asked.

With --check it looks at a server that scripts or people configured: does it show
the certificate? A UPKI gateway is then told, so that the old one can be revoked;
status 1 when another one is shown. --cert-path is for what "certonly --csr" gave.`,
    ja: `証明書ごとに、発行・設置・TLS での確認のどこまで進んだかと、待ちや失敗を表示
します。失敗や期限切れがあると終了コードは 1 になり、監視に使えます。何も書き込まず、
サーバにも問い合わせません。

--check を付けると、スクリプトや手作業で設定したサーバがこの証明書を送るかを確かめ、
使われていれば UPKI ゲートウェイに伝えて、古い証明書を失効できるようにします。別の証明書
が送られてくれば終了コードは 1 です。certonly --csr の結果には --cert-path を使います。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: { en: 'only this one', ja: 'この証明書だけ' },
    },
    {
      flags: '--check <host:port>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: { en: 'look there by TLS whether it is in use', ja: 'そこで使われているかを TLS で確かめる' },
    },
    {
      flags: '--cert-path <path>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: {
        en: 'with --check: this certificate, a PEM file; its chain after it is compared too',
        ja: '--check とともに: この PEM ファイルの証明書 (続くチェーンも比べる)',
      },
    },
    ...commonOptions,
  ],
  examples: [
    'upki-client status --check ldap.example.ac.jp:636 --cert-name ldap.example.ac.jp',
    'upki-client status',
    'upki-client status --json',
  ],
  run: async (options, context) => (await import('./run.js')).runStatus(options, context),
}
