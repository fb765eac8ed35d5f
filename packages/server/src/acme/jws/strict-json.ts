/**
 * JSON in which every member has one meaning.
 *
 * JSON.parse keeps the last of two members of the same name, other parsers the
 * first: a signature would then cover what not everyone reads (RFC 7515 §4).
 */

/** No ACME object is deeper than six levels. */
const MAX_DEPTH = 16

const strings = /"(?:[^"\\]|\\.)*"/gs
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class StrictJsonError extends Error {
  override name = 'StrictJsonError'

  /** @param message goes on after the name of what was read @param ja the same in Japanese */
  constructor(
    message: string,
    readonly ja: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

const count = (text: string, character: string): number => text.split(character).length - 1

function isTooDeep(bones: string): boolean {
  let depth = 0
  for (const character of bones) {
    if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** Members of all objects inside; the depth is bounded before. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const children: unknown[] = Object.values(value)
  const own = Array.isArray(value) ? 0 : children.length
  return children.reduce<number>((sum, child) => sum + countMembers(child), own)
}

/** @throws StrictJsonError saying what is wrong: not UTF-8, not JSON, a member twice, too deep, a lone surrogate */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  // First: in what is not JSON, such as quotation marks after backslashes, looking for strings may take the square of its length.
  const value = parse(text)
  const bones = text.replace(strings, '')
  if (isTooDeep(bones))
    throw new StrictJsonError(
      `is nested deeper than ${MAX_DEPTH} levels`,
      `の入れ子が${MAX_DEPTH}段を超えています。`,
    )
  // Each member has one colon outside of strings; fewer members than colons: one was given twice.
  if (countMembers(value) !== count(bones, ':'))
    throw new StrictJsonError('has a member twice', 'に同じ名前の項目が2つあります。')
  if (hasLoneSurrogate(text))
    throw new StrictJsonError('has half a surrogate pair', 'に片方だけのサロゲートがあります。')
  return value
}

/** UTF-8 cannot hold one, but an escape in a string can. */
const hasLoneSurrogate = (text: string): boolean =>
  (text.match(strings) ?? []).some(
    (part) => part.includes('\\u') && /\p{Cs}/u.test(JSON.parse(part) as string),
  )

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new StrictJsonError('is not UTF-8', 'がUTF-8ではありません。', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StrictJsonError('is not JSON', 'がJSONではありません。', { cause })
  }
}
