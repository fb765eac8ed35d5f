/** The entry of `completion` in the command table. */
import type { CommandSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { CompletionOptions } from './run.js'

export const completion: CommandSpec<CompletionOptions> = {
  name: 'completion',
  summary: { en: 'write shell completion or man pages', ja: 'シェル補完または man ページを出力する' },
  description: {
    en: `Write to standard output what a shell needs to complete commands and options, or
the man page of this program. Both are made from the same table as the help.`,
    ja: `シェルがコマンドとオプションを補完するための定義、または man ページを標準出力へ
書きます。どちらもヘルプと同じ表から作られます。`,
  },
  options: [...commonOptions],
  operands: { syntax: '<form>', text: { en: 'bash, zsh, fish or man', ja: 'bash、zsh、fish または man' } },
  examples: ['upki-client completion bash > /etc/bash_completion.d/upki-client'],
  run: async (options, context) => (await import('./run.js')).runCompletion(options, context),
}
