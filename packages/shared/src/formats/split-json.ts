/**
 * Cuts JSON text into the values of applications while it comes: the elements of one array, or values one
 * after the other (JSON lines). Only brackets and strings are followed; `JSON.parse` reads each value, so the
 * whole is never held and a value has a limit. A general streaming parser builds strings without one.
 */
import { InputFault } from './input-fault.js'
import { findRepeatedMember } from './repeated-member.js'

/** Longest text of one application, in characters: the columns hold about 4,000. */
export const maxRowLength = 65_536

const structural = /["[\]{}]/g

export class JsonSplitter {
  /** Text from the start of the value under way. */
  #text = ''
  #scanned = 0
  #depth = 0
  #isString = false
  /** True when the values are elements of an outer array; undefined before the first character. */
  #isArray: boolean | undefined
  #isClosed = false
  #count = 0

  /** Adds the values that are complete after this piece. @throws {InputFault} after adding those before the fault */
  push(piece: string, values: unknown[]): void {
    this.#text += piece
    if (this.#isArray === undefined) this.#open()
    for (let end = this.#findEnd(); end !== undefined; end = this.#findEnd()) this.#cut(end, values)
    if (this.#text.length > maxRowLength) throw new InputFault('rowTooLong', { max: maxRowLength })
  }

  /** @throws {InputFault} when the text ends inside a value. */
  end(values: unknown[]): void {
    if (this.#isArray && !this.#isClosed) throw new InputFault('inputCutShort')
    if (this.#text.trim() === '') return
    if (this.#depth > 0 || this.#isString) throw new InputFault('inputCutShort')
    values.push(this.#parse(this.#text))
  }

  #open(): void {
    this.#text = this.#text.trimStart()
    if (this.#text === '') return
    this.#isArray = this.#text.startsWith('[')
    if (this.#isArray) this.#text = this.#text.slice(1)
  }

  /** Where a value, or the outer array, ends; undefined when the text so far holds no end. */
  #findEnd(): number | undefined {
    for (;;) {
      const found = this.#isString ? this.#text.indexOf('"', this.#scanned) : this.#nextStructural()
      if (found < 0) {
        this.#scanned = this.#text.length
        return undefined
      }
      this.#scanned = found + 1
      const character = this.#text[found] ?? ''
      if (character !== '"') {
        if (this.#turn(character)) return found
      } else if (!this.#isString || !isEscaped(this.#text, found)) this.#isString = !this.#isString
    }
  }

  #nextStructural(): number {
    structural.lastIndex = this.#scanned
    return structural.test(this.#text) ? structural.lastIndex - 1 : -1
  }

  /** Follows a bracket; true when it ends a value or the array. */
  #turn(bracket: string): boolean {
    if (this.#isClosed) throw new InputFault('jsonSyntax', { detail: 'text after the end of the array' })
    this.#depth += bracket === '{' || bracket === '[' ? 1 : -1
    return this.#depth <= 0
  }

  #cut(end: number, values: unknown[]): void {
    const closes = this.#depth < 0
    const text = this.#text.slice(0, closes ? end : end + 1)
    if (!closes) values.push(this.#parse(text))
    else if (!this.#isArray) throw new InputFault('jsonSyntax', { detail: 'one bracket too many' })
    else if (text.trim() !== '') values.push(this.#parse(text))
    this.#isClosed = closes
    this.#depth = 0
    this.#text = this.#text.slice(end + 1)
    this.#scanned = 0
  }

  #parse(text: string): unknown {
    const wantsComma = this.#isArray && this.#count > 0
    const trimmed = wantsComma ? text.trimStart() : text
    const value = wantsComma ? trimmed.slice(1) : text
    if (this.#isClosed || (wantsComma && !trimmed.startsWith(',')))
      throw new InputFault('jsonSyntax', { detail: 'no comma between two values, or text after the array' })
    this.#count += 1
    const parsed = parseJson(value)
    return findRepeatedMember(value, parsed) ?? parsed
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputFault('jsonSyntax', { detail: error instanceof Error ? error.message : '' })
  }
}

/** True when an odd number of backslashes stands before the quote: the text of a value is held from its start. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote
  while (first > 0 && text[first - 1] === '\\') first -= 1
  return (quote - first) % 2 === 1
}
