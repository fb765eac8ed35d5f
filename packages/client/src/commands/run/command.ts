/** The entry of `run` in the command table. */
import { orderingOptions } from '../certonly/command.js'
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import { hookOptions } from '../hook-options.js'
import { installerOptions } from '../installer-options.js'
import type { RunOptions } from './run.js'

export const runCommand: CommandSpec<RunOptions> = {
  name: 'run',
  summary: { en: 'obtain a certificate and install it', ja: '証明書を取得して設置する' },
  description: {
    en: `Obtain a certificate as "certonly" does, then install it as "install" does.

The configuration of the server is tested before anything is ordered. When the
order waits for a person, status 3 says so; "upki-client renew", or this command
again, goes on and installs.`,
    ja: `"certonly" のように証明書を取得し、続けて "install" のように設置します。

注文の前にサーバの設定をテストします。人の判断を待つ場合は終了コード 3 で戻ります。
"upki-client renew" か同じコマンドの再実行で、続きから設置まで行います。`,
  },
  options: [...orderingOptions, ...installerOptions, ...hookOptions, ...commonOptions],
  examples: ['upki-client run -d www.example.ac.jp --nginx --redirect'],
  run: async (options, context) => (await import('./run.js')).runRun(options, context),
}
