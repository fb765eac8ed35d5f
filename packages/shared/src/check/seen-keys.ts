/**
 * Keys that were met before, with the first row of each, in little memory: an open table of 64-bit hashes and
 * row numbers, 12 bytes a slot, at most two thirds full. Ten million keys take 200 MB, a tenth of what a Map
 * of texts takes, and the table stops growing at a bound.
 *
 * Keys of one hash count as the same; among ten million the odds of that are below one in 300,000.
 */

/** 25 million keys in 400 MB; beyond, no more are remembered. */
const defaultMaxKeys = 25_000_000

const slotsAtFirst = 4096

/** Words of a slot: two halves of the hash, and the row, from 1; 0 marks a free slot. */
const slotWords = 3

export class SeenKeys {
  #table = new Uint32Array(slotsAtFirst * slotWords)
  #count = 0
  /** Hash of the key at hand: two halves, kept here rather than made into an array each time. */
  #high = 0
  #low = 0

  constructor(readonly maxKeys = defaultMaxKeys) {}

  /** True when later keys are compared with the remembered ones only. */
  get isFull(): boolean {
    return this.#count >= this.maxKeys
  }

  get bytes(): number {
    return this.#table.byteLength
  }

  /**
   * The row that had the key first; undefined when none had: then it is remembered with this row.
   *
   * @param space keys of different spaces are different
   */
  meet(key: string, row: number, space = 0): number | undefined {
    this.#hash(key, space)
    const at = find(this.#table, this.#high, this.#low)
    const first = this.#table[at + 2]
    if (first) return first
    if (this.isFull) return undefined
    this.#table[at] = this.#high
    this.#table[at + 1] = this.#low
    this.#table[at + 2] = row
    this.#count += 1
    if (this.#count * slotWords * 3 > this.#table.length * 2) this.#table = grown(this.#table)
    return undefined
  }

  /** Two 32-bit multiply-and-rotate hashes over the same text, mixed into each other at the end. */
  #hash(text: string, space: number): void {
    let a = 0x9e3779b1 ^ space
    let b = 0x85ebca77 ^ space
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index)
      a = Math.imul(a ^ unit, 0xcc9e2d51)
      a = (a << 15) | (a >>> 17)
      b = Math.imul(b ^ unit, 0x1b873593)
      b = (b << 13) | (b >>> 19)
    }
    this.#high = mixed(a ^ text.length)
    this.#low = mixed(b ^ this.#high)
  }
}

/** Where the key stands, or the free slot where it belongs. */
function find(table: Uint32Array, high: number, low: number): number {
  // The number of slots is a power of two.
  const slots = table.length / slotWords
  for (let slot = low & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
    const at = slot * slotWords
    if (table[at + 2] === 0 || (table[at] === high && table[at + 1] === low)) return at
  }
}

function grown(table: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(table.length * 2)
  for (let from = 0; from < table.length; from += slotWords) {
    if (table[from + 2] === 0) continue
    // Word by word: a view of each slot would take longer than all else.
    const at = find(larger, table[from] ?? 0, table[from + 1] ?? 0)
    for (let word = 0; word < slotWords; word += 1) larger[at + word] = table[from + word] ?? 0
  }
  return larger
}

/** Every bit of the input reaches every bit of the result (the finaliser of MurmurHash3). */
function mixed(word: number): number {
  let made = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  made = Math.imul(made ^ (made >>> 13), 0xc2b2ae35)
  return (made ^ (made >>> 16)) >>> 0
}
