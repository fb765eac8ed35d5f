/** `inspect`: what files of keys, CSRs and certificates hold. */
import { readGiven } from '../../terminal/given-file.js'
import { describeObject } from '../../inspect/describe.js'
import type { Description } from '../../inspect/describe.js'
import { readObjects } from '../../inspect/objects.js'
import { readPassword } from '../../inspect/read-password.js'
import type { Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import type { CommonOptions, Context } from '../command-spec.js'

export interface InspectOptions extends CommonOptions {
  operands: string[]
  passwordFile?: string
}

export async function runInspect(
  { operands, passwordFile }: InspectOptions,
  { reporter }: Context,
): Promise<Outcome> {
  const password = await readPassword(passwordFile)
  const files: { path: string; objects: Description[] }[] = []
  for (const path of operands) {
    const objects = await readObjects(path, await readGiven(path), password)
    files.push({ path, objects: objects.map(describeObject) })
  }
  const text = files.map(({ path, objects }) => [path, ...objects.map(render)].join('\n')).join('\n\n')
  reporter.result({ ja: text, en: text }, { files })
  return 'done'
}

const render = (description: Description): string =>
  Object.entries(description)
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(' ') : value] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `  ${name.padEnd(12)} ${printable(value)}`)
    .join('\n')
