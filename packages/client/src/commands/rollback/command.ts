/** The entry of `rollback` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import { installerOptions } from '../installer-options.js'
import { parseCount, type RollbackOptions } from './options.js'

export const rollback: CommandSpec<RollbackOptions> = {
  name: 'rollback',
  summary: { en: 'undo configuration changes', ja: '設定の変更を元に戻す' },
  description: {
    en: `Undo the last changes that this program made to configurations of servers.

The copies made before each change are put back, byte for byte, with mode and
owner; no configuration is read, so it works however broken one is. A running
server is reloaded if the result passes its test.

A file that somebody changed since is left alone and nothing is done, unless
--force is given. Certificates and keys are not touched.`,
    ja: `このプログラムがサーバの設定に加えた最近の変更を元に戻します。

変更前の控えを、モードと所有者も含めて 1 バイトも違わずに戻します。設定は解釈しない
ため、どれほど壊れていても動きます。戻した結果がテストに合格すれば、動いている
サーバを再読み込みします。

その後に誰かが変更したファイルがあれば、--force がない限り何もしません。証明書と
鍵には触れません。`,
  },
  options: [
    {
      flags: '--checkpoints <count>',
      group: { en: 'Changes:', ja: '変更:' },
      default: 1,
      parse: parseCount,
      text: { en: 'how many changes to undo', ja: '元に戻す変更の数' },
    },
    {
      flags: '--force',
      group: { en: 'Changes:', ja: '変更:' },
      oneRun: true,
      text: { en: 'even over changes of others', ja: '他の人の変更があっても戻す' },
    },
    ...installerOptions.filter(({ flags }) => /-ctl|server-root|reload-command|test-command/.test(flags)),
    ...commonOptions,
  ],
  examples: ['upki-client rollback', 'upki-client rollback 2'],
  operands: { syntax: '[count]', text: { en: 'the same as --checkpoints', ja: '--checkpoints と同じ' } },
  run: async (options, context) => (await import('./run.js')).runRollback(options, context),
}
