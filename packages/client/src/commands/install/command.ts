/** The entry of `install` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import { installerOptions } from '../installer-options.js'
import type { InstallCommandOptions } from './run.js'

export const install: CommandSpec<InstallCommandOptions> = {
  name: 'install',
  summary: {
    en: 'install a certificate that is here into a web server',
    ja: '取得済みの証明書をサーバに設置する',
  },
  description: {
    en: `Install a certificate that was obtained before into nginx, Apache, or as files.

What happens: the server's own configuration test must pass; then the server
blocks or VirtualHosts for the names of the certificate get it, tested again and
reloaded. At last the client connects by TLS and compares what it is shown.

What is written: copies of every file that changes, before the first change
("upki-client rollback" puts them back); then the files.

What if it fails: the old configuration is put back, byte for byte, and reloaded
within the same run. A stopped server is never started.`,
    ja: `取得済みの証明書を nginx、Apache、またはファイルとして設置します。

動作: まずサーバ自身の設定テストに合格することを確かめ、証明書の名前に対応する
server ブロックや VirtualHost に設定し、再びテストして再読み込みします。最後に TLS
で接続し、送られてくる証明書を照合します。

書き込むもの: 変更の前に、変わるファイルすべての控え ("upki-client rollback" で
戻せます)。それから各ファイル。

失敗したとき: 同じ実行の中で、設定を 1 バイトも違わない元の状態に戻して再読み込み
します。止まっているサーバを起動することはありません。`,
  },
  options: [
    {
      flags: '--cert-name <name>',
      group: { en: 'Certificate:', ja: '証明書:' },
      text: {
        en: 'which certificate (may be left out when there is only one)',
        ja: '証明書名 (1 つだけなら省略可)',
      },
    },
    {
      flags: '--dry-run',
      group: { en: 'Certificate:', ja: '証明書:' },
      oneRun: true,
      text: { en: 'test and plan, write nothing', ja: 'テストと計画だけ行い、何も書き込まない' },
    },
    ...installerOptions,
    ...commonOptions,
  ],
  examples: ['upki-client install --cert-name www.example.ac.jp --nginx --redirect'],
  run: async (options, context) => (await import('./run.js')).runInstall(options, context),
}
