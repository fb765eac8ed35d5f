/** From words to directives and blocks, includes followed. Nothing is judged here: nginx itself has tested the files before. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../terminal/failure.js'
import { fromBytes, readBytes } from '../bytes.js'
import { lineOf, tokenize, unclosed, type Token } from './tokens.js'

export interface Directive {
  name: string
  args: readonly string[]
  file: string
  line: number
  /** Of the whole directive, without its `;` or block. */
  start: number
  /** After the `;`, or after the `}`. */
  end: number
  block?: Block
}

export interface Block {
  file: string
  /** Right after the `{`. */
  start: number
  /** The place of the `}`. */
  end: number
  /** Included directives stand where their include stands. */
  directives: Directive[]
}

/** nginx allows includes to nest deeper than anyone does; a loop must end. */
const maxDepth = 16
const maxFiles = 20_000

export interface Configuration {
  main: string
  directives: Directive[]
  /** Content of each file, one character per byte. */
  texts: ReadonlyMap<string, string>
}

export function readConfiguration(main: string): Configuration {
  const reader = new Reader(dirname(main))
  return { main, directives: reader.readFile(main, 0), texts: reader.texts }
}

class Reader {
  readonly texts = new Map<string, string>()
  private readonly tokens = new Map<string, Token[]>()

  constructor(private readonly root: string) {}

  readFile(file: string, depth: number): Directive[] {
    if (depth > maxDepth || this.texts.size > maxFiles) throw tooDeep(file)
    const text = this.texts.get(file) ?? readBytes(file)
    const tokens = this.tokens.get(file) ?? tokenize(text, file)
    this.texts.set(file, text)
    this.tokens.set(file, tokens)
    return new FileParser(file, text, tokens, (directive) => this.follow(directive, depth)).parse()
  }

  private follow(directive: Directive, depth: number): Directive[] {
    if (directive.name !== 'include' || !directive.args[0]) return [directive]
    const files = expandGlob(resolve(this.root, fromBytes(directive.args[0])))
    return [directive, ...files.flatMap((file) => this.readFile(file, depth + 1))]
  }
}

class FileParser {
  private at = 0

  constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly follow: (directive: Directive) => Directive[],
  ) {}

  parse(): Directive[] {
    const directives = this.parseUntilClose()
    if (this.at < this.tokens.length) throw this.stray(this.tokens[this.at])
    return directives
  }

  private parseUntilClose(): Directive[] {
    const directives: Directive[] = []
    while (this.at < this.tokens.length && !this.isMark('}'))
      directives.push(...this.follow(this.parseDirective()))
    return directives
  }

  private parseDirective(): Directive {
    const words: Token[] = []
    while (this.tokens[this.at]?.kind === 'word') words.push(this.tokens[this.at++] as Token)
    const [first, ...args] = words
    const mark = this.tokens[this.at++]
    if (!first || !mark || mark.text === '}') throw this.stray(mark ?? first)
    const { start } = first
    const line = lineOf(this.text, start)
    const head = { name: first.text, args: args.map(({ text }) => text), file: this.file, line, start }
    if (mark.text === ';') return { ...head, end: mark.end }
    const directives = this.parseUntilClose()
    const close = this.tokens[this.at++]
    if (!close) throw unclosed(this.file, this.text, mark.start)
    return {
      ...head,
      end: close.end,
      block: { file: this.file, start: mark.end, end: close.start, directives },
    }
  }

  private isMark(text: string): boolean {
    const token = this.tokens[this.at]
    return token?.kind === 'mark' && token.text === text
  }

  private stray(token: Token | undefined): Failure {
    return unclosed(this.file, this.text, token?.start ?? this.text.length)
  }
}

/** Files that a pattern of include names, sorted as glob(3) does; a name without wildcards must exist. */
export function expandGlob(pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern]
  let folders = ['/']
  for (const part of pattern.split('/').filter(Boolean)) {
    folders = folders.flatMap((folder) => matchPart(folder, part))
  }
  return folders.filter((file) => existsSync(file))
}

function matchPart(folder: string, part: string): string[] {
  if (!/[*?[]/.test(part)) return [join(folder, part)]
  const shape = new RegExp(
    `^${part
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')
      .replaceAll('[!', '[^')}$`,
  )
  const names = listFolder(folder).filter(
    (name) => shape.test(name) && (!name.startsWith('.') || part.startsWith('.')),
  )
  return names.sort().map((name) => join(folder, name))
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // No folder, no matches: what glob(3) says too.
    return []
  }
}

const tooDeep = (file: string) =>
  new Failure('failed', {
    en: `${file}: includes are nested more than ${maxDepth} deep, or there are more than ${maxFiles} files.`,
    ja: `${file}: include の入れ子が ${maxDepth} 段を超えるか、ファイルが ${maxFiles} 個を超えています。`,
  })
