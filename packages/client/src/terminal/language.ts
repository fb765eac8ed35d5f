import type { Bilingual } from '@upki-gateway/shared/problem'

export type Language = keyof Bilingual

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Language of messages and help: `--lang`, then UPKI_CLIENT_LANG, then the locale
 * in the order POSIX reads it. Help is built before options are parsed, so the
 * arguments are looked through here.
 */
export function chooseLanguage(args: readonly string[], environment: Environment): Language {
  const asked = argumentValue(args, '--lang') ?? environment.UPKI_CLIENT_LANG
  if (asked) return asked === 'ja' ? 'ja' : 'en'
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG
  return locale?.toLowerCase().startsWith('ja') ? 'ja' : 'en'
}

function argumentValue(args: readonly string[], name: string): string | undefined {
  const index = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  if (index < 0) return undefined
  return args[index]?.slice(name.length + 1) || args[index + 1]
}
