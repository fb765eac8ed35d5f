/** `completion`: shell completion and the man page, from the command table. */
import { Failure, type Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { renderBash, renderFish, renderZsh } from './render-shell.js'
import { renderMan } from './render-man.js'

export interface CompletionOptions extends CommonOptions {
  form: string
}

export function runCompletion({ form }: CompletionOptions, { table, language }: Context): Promise<Outcome> {
  const renderers = {
    bash: () => renderBash(table),
    zsh: () => renderZsh(table, language),
    fish: () => renderFish(table, language),
    man: () => renderMan(table, language),
  }
  if (!Object.hasOwn(renderers, form)) throw unknownForm(form)
  process.stdout.write(renderers[form as keyof typeof renderers]())
  return Promise.resolve('done')
}

const unknownForm = (form: string) =>
  new Failure('usage', {
    en: `${printable(form, 40)} is none of bash, zsh, fish, man.`,
    ja: `${printable(form, 40)} は bash、zsh、fish、man のいずれでもありません。`,
  })
