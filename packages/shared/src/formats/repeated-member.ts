/**
 * Members that stand twice in one object.
 *
 * JSON.parse keeps the last of them, other parsers the first, and RFC 8259 §4 leaves it open: what was looked at before
 * might not be what is applied for. So such a text has no meaning here. Pure.
 */
import { type FieldName, fieldNames } from '../application/application.js'
import type { Finding } from '../problem/finding.js'
import { makeFinding } from '../problem/make-finding.js'

export class RepeatedMember {
  constructor(
    readonly name: string,
    /** Names of members and indexes of arrays, from outside to the object. */
    readonly path: readonly (string | number)[] = [],
  ) {}

  toFinding(row: number): Finding {
    const field = fieldNames.find((known): known is FieldName => known === this.name)
    return makeFinding('inputMemberTwice', { row, ...(field && { field }), words: { member: this.name } })
  }
}

/** An object with its names, or an array without. */
interface Level {
  names?: Set<string>
  at: string | number
}

const BACKSLASH = 0x5c
const COLON = 0x3a

/** Strings, and what cuts a text into members; other values hold none of these. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs

const textOf = (literal: string): string =>
  literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)

/** Where the string that begins at `start` ends: an even number of backslashes before a quotation mark leaves it one. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end
    while (json.charCodeAt(before - 1) === BACKSLASH) before -= 1
    if ((end - before) % 2 === 0) return end
  }
  return json.length
}

/** Blanks of RFC 8259 §2 and all below them, which no JSON has outside of strings. */
const isBlank = (code: number): boolean => code <= 0x20

/** Members as they are written: strings before a colon. */
function countWritten(json: string): number {
  let count = 0
  for (let start = json.indexOf('"'); start >= 0;) {
    let after = endOfString(json, start) + 1
    while (isBlank(json.charCodeAt(after))) after += 1
    if (json.charCodeAt(after) === COLON) count += 1
    start = json.indexOf('"', after)
  }
  return count
}

/** Members that are left when it was read. */
function countRead(value: unknown): number {
  let count = 0
  const values = [value]
  while (values.length > 0) {
    const one = values.pop()
    if (typeof one !== 'object' || one === null) continue
    const inside = Object.values(one)
    if (!Array.isArray(one)) count += inside.length
    for (const each of inside) if (typeof each === 'object') values.push(each)
  }
  return count
}

/**
 * Nearly every text has none, and then as many members are read as are written: only where they differ it is looked which.
 * @param parsed what JSON.parse made of the text @returns the first of them
 */
export const findRepeatedMember = (json: string, parsed: unknown): RepeatedMember | undefined =>
  countWritten(json) === countRead(parsed) ? undefined : search(json)

function search(json: string): RepeatedMember | undefined {
  const levels: Level[] = []
  let literal = ''
  for (const [token] of json.matchAll(tokens)) {
    const level = levels.at(-1)
    if (token === '{') levels.push({ names: new Set(), at: '' })
    else if (token === '[') levels.push({ at: 0 })
    else if (token === '}' || token === ']') levels.pop()
    else if (token === ',' && typeof level?.at === 'number') level.at += 1
    else if (token === ':' && level?.names) {
      level.at = textOf(literal)
      if (level.names.has(level.at))
        return new RepeatedMember(
          level.at,
          levels.slice(0, -1).map(({ at }) => at),
        )
      level.names.add(level.at)
    } else literal = token
  }
  return undefined
}
