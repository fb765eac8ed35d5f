/**
 * Directives of an Apache configuration file, with their places. Source: Apache
 * 2.4 documentation, "Configuration Files": one per line, a backslash at its end
 * goes on in the next, comments take whole lines.
 */
import { join, resolve } from 'node:path'
import { expandGlob } from '../nginx/parse.js'
import { fromBytes, readBytes } from '../bytes.js'

export interface Directive {
  /** Lower-cased; sections as `<virtualhost`, `</virtualhost`. */
  name: string
  args: readonly string[]
  file: string
  /** Counted from 1. */
  line: number
  /** Of its last line: the one Apache counts it by. */
  lastLine: number
  start: number
  /** Before the line break. */
  end: number
}

export function parseDirectives(text: string, file: string): Directive[] {
  const directives: Directive[] = []
  let line = 1
  const logical = /(?:[^\\\r\n]|\\(?!\r?\n)|\\\r?\n|\r(?!\n))*/gy
  for (let start = 0; start <= text.length;) {
    logical.lastIndex = start
    const raw = logical.exec(text)?.[0] ?? ''
    const directive = readDirective(raw)
    const lastLine = line + (raw.match(/\n/g)?.length ?? 0)
    const place = { file, line, lastLine, start: start + leading(raw), end: start + raw.length }
    if (directive) directives.push({ ...directive, ...place })
    const next = text.indexOf('\n', start + raw.length)
    line = lastLine + 1
    start = next < 0 ? text.length + 1 : next + 1
  }
  return directives
}

const leading = (raw: string) => raw.length - raw.trimStart().length

function readDirective(raw: string): Pick<Directive, 'name' | 'args'> | undefined {
  const text = raw.replace(/\\\r?\n/g, '').trim()
  if (text === '' || text.startsWith('#')) return undefined
  const isSection = text.startsWith('<')
  const words = splitWords(isSection ? text.replace(/>\s*$/, '') : text)
  const [name = '', ...args] = words
  return { name: name.toLowerCase(), args }
}

function splitWords(text: string): string[] {
  const words = text.match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\S+/g) ?? []
  return words.map((word) =>
    /^(["']).*\1$/.test(word) ? word.slice(1, -1).replace(/\\(["'\\])/g, '$1') : word,
  )
}

/** Those whose `<IfModule>` holds; other conditions are taken to hold. */
export function activeDirectives(
  directives: readonly Directive[],
  modules: ReadonlySet<string>,
): Directive[] {
  const conditions: boolean[] = []
  const active: Directive[] = []
  for (const directive of directives) {
    if (directive.name === '<ifmodule') conditions.push(isLoaded(directive.args[0] ?? '', modules))
    else if (directive.name === '</ifmodule') conditions.pop()
    else if (conditions.every(Boolean)) active.push(directive)
  }
  return active
}

/** `mod_ssl.c`, `ssl_module`, and either with `!`. */
function isLoaded(condition: string, modules: ReadonlySet<string>): boolean {
  const name = condition.replace(/^!/, '').replace(/^mod_(.*)\.c$/, '$1_module')
  return modules.has(name) !== condition.startsWith('!')
}

const maxDepth = 10

/** Directives with those of the files they include, at any depth. */
export function withIncludes(directives: readonly Directive[], serverRoot: string, depth = 0): Directive[] {
  return directives.flatMap((directive) => {
    const isInclude = directive.name === 'include' || directive.name === 'includeoptional'
    if (!isInclude || depth > maxDepth || directive.args[0]?.includes('${')) return [directive]
    const pattern = resolve(serverRoot, fromBytes(directive.args[0] ?? ''))
    const inside = expandGlob(pattern).flatMap((file) => readIncluded(file))
    return [directive, ...withIncludes(inside, serverRoot, depth + 1)]
  })
}

function readIncluded(file: string): Directive[] {
  try {
    return parseDirectives(readBytes(file), file)
  } catch {
    // A folder, or an optional file that is not there: Apache has judged it before.
    return expandFolder(file)
  }
}

function expandFolder(folder: string): Directive[] {
  return expandGlob(join(folder, '*')).flatMap((file) => {
    try {
      return parseDirectives(readBytes(file), file)
    } catch {
      return []
    }
  })
}
