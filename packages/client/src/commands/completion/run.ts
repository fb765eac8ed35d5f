/** `completion`: shell completion and the man page, from the command table. */
import { Failure, type Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import type { CommandGroup, CommandSpec, CommonOptions, Context } from '../command-spec.js'
import { renderBash, renderFish, renderZsh, type Completed } from './render-shell.js'
import { renderMan } from './render-man.js'

export interface CompletionOptions extends CommonOptions {
  /** bash, zsh, fish or man. */
  operands: string
}

export function runCompletion(
  { operands: form }: CompletionOptions,
  { table: all, language }: Context,
): Promise<Outcome> {
  const table = all.map(asOne)
  const renderers = {
    bash: () => renderBash(table),
    zsh: () => renderZsh(table, language),
    fish: () => renderFish(table, language),
    man: () => renderMan(all.flatMap(flatten), language),
  }
  if (!Object.hasOwn(renderers, form)) throw unknownForm(form)
  process.stdout.write(renderers[form as keyof typeof renderers]())
  return Promise.resolve('done')
}

/** The man page has a section for `tsv check`. */
const flatten = (entry: CommandSpec | CommandGroup): readonly CommandSpec[] =>
  'commands' in entry
    ? entry.commands.map((spec) => ({ ...spec, name: `${entry.name} ${spec.name}` }))
    : [entry]

/** Completion offers a group's options together. */
function asOne(entry: CommandSpec | CommandGroup): Completed {
  if (!('commands' in entry)) return entry
  const options = new Map(
    entry.commands.flatMap((spec) => spec.options.map((option) => [option.flags, option])),
  )
  const words = entry.commands.map(({ name }) => name)
  return { name: entry.name, summary: entry.summary, options: [...options.values()], words }
}

const unknownForm = (form: string) =>
  new Failure('usage', {
    en: `${printable(form, 40)} is none of bash, zsh, fish, man.`,
    ja: `${printable(form, 40)} は bash、zsh、fish、man のいずれでもありません。`,
  })
