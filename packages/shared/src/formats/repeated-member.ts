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

/** Strings, and what cuts a text into members; other values hold none of these. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs

const textOf = (literal: string): string =>
  literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)

/** @param json that JSON.parse takes @returns the first of them */
export function findRepeatedMember(json: string): RepeatedMember | undefined {
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
