/**
 * The words of an nginx configuration, with their places.
 *
 * Source: nginx documentation, "Configuration file's structure"; quoting as its
 * parser has it: a quote or `#` counts only where a word begins, a backslash keeps
 * the next character, `${name}` does not open a block, and the content of a
 * `…_by_lua_block` is not nginx's language.
 */
import { Failure } from '../../terminal/failure.js'

export interface Token {
  /** Unquoted text of a word; `;`, `{` or `}` when `kind` is `mark`. */
  text: string
  kind: 'word' | 'mark'
  start: number
  end: number
}

export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while ((at = skipBlank(text, at)) < text.length) {
    const token = readToken(text, at, file)
    tokens.push(token)
    at = isLuaBlock(tokens) ? skipLua(text, token.end, file) : token.end
  }
  return tokens
}

function skipBlank(text: string, from: number): number {
  let at = from
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++
    if (text[at] !== '#') return at
    while (at < text.length && text[at] !== '\n') at++
  }
}

function readToken(text: string, start: number, file: string): Token {
  const first = text[start] ?? ''
  if (';{}'.includes(first)) return { text: first, kind: 'mark', start, end: start + 1 }
  return first === '"' || first === "'" ? readQuoted(text, start, file) : readWord(text, start)
}

function readQuoted(text: string, start: number, file: string): Token {
  const quote = text[start]
  let word = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return { text: word, kind: 'word', start, end: at + 1 }
    if (text[at] === '\\') at++
    word += text[at] ?? ''
  }
  throw unclosed(file, text, start)
}

function readWord(text: string, start: number): Token {
  let at = start
  let word = ''
  while (at < text.length && !/[\s;{]/.test(text[at] ?? '')) {
    // A variable's braces belong to the word.
    const variable = /^\$\{\w+\}/.exec(text.slice(at, at + 100))?.[0]
    const escaped = text[at] === '\\' && at + 1 < text.length
    word += variable ?? (escaped ? text.slice(at, at + 2) : (text[at] ?? ''))
    at += variable?.length ?? (escaped ? 2 : 1)
  }
  return { text: word, kind: 'word', start, end: at }
}

function isLuaBlock(tokens: readonly Token[]): boolean {
  if (tokens.at(-1)?.text !== '{' || tokens.at(-1)?.kind !== 'mark') return false
  const words = []
  for (let index = tokens.length - 2; tokens[index]?.kind === 'word'; index--) words.push(tokens[index]?.text)
  return /_by_lua_block$/.test(words.at(-1) ?? '')
}

/** To the brace that closes the block, past strings and comments of Lua. */
function skipLua(text: string, from: number, file: string): number {
  const skipped = /--[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{}]/g
  skipped.lastIndex = from
  let depth = 1
  for (let match = skipped.exec(text); match; match = skipped.exec(text)) {
    if (match[0] === '{') depth++
    if (match[0] === '}' && --depth === 0) return match.index
  }
  throw unclosed(file, text, from)
}

export function unclosed(file: string, text: string, offset: number): Failure {
  const line = lineOf(text, offset)
  return new Failure('failed', {
    en: `${file}:${line}: a quote or a block that begins here is not closed.`,
    ja: `${file}:${line}: ここから始まる引用符またはブロックが閉じていません。`,
  })
}

export const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length
