/**
 * Bytes to text, in pieces: UTF-8 with or without BOM, UTF-16 as spreadsheets write it, Shift_JIS (CP932).
 *
 * Without a BOM and without a word from the caller, the first piece that is not ASCII decides: it is UTF-8
 * when it can be, else Shift_JIS. A byte that belongs to no character ends the reading; none is replaced.
 */
import { isAscii as isSevenBit } from 'node:buffer'
import { TextDecoder } from 'node:util'
import iconv from 'iconv-lite'
import { toJisText } from '../tsv/shift-jis.js'
import { InputFault } from './input-fault.js'

export type Encoding = 'ascii' | 'utf-8' | 'utf-8 with BOM' | 'utf-16le' | 'utf-16be' | 'shift_jis'

export interface TextStream {
  /** What was found so far; `ascii` until another character comes. */
  encoding: Encoding
  text: AsyncGenerator<string>
}

interface Decoder {
  /** @throws when the bytes are not of the encoding */
  decode: (bytes: Uint8Array | undefined) => string
}

/** Bytes that are looked at together; also what a reader holds at least. */
const pieceLength = 65_536

/** @throws {InputFault} from the text, for bytes that cannot be read; at once, for an unknown charset. */
export function decodeText(source: AsyncIterable<Uint8Array>, charset?: string): TextStream {
  const stream: TextStream = { encoding: 'ascii', text: emptyText() }
  stream.text = decodePieces(source, stream, charset === undefined ? undefined : encodingOf(charset))
  return stream
}

async function* emptyText(): AsyncGenerator<string> {
  // Nothing: replaced before it is read.
}

const charsets = new Map<string, Encoding>([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['utf-16', 'utf-16le'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['shift_jis', 'shift_jis'],
  ['shift-jis', 'shift_jis'],
  ['sjis', 'shift_jis'],
  ['cp932', 'shift_jis'],
  ['windows-31j', 'shift_jis'],
])

function encodingOf(charset: string): Encoding {
  const encoding = charsets.get(charset.toLowerCase())
  if (!encoding) throw new InputFault('inputCharset', { charset })
  return encoding
}

async function* decodePieces(
  source: AsyncIterable<Uint8Array>,
  stream: TextStream,
  given: Encoding | undefined,
): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  let isFirst = true
  for await (const bytes of inPieces(source)) {
    if (isFirst && isWorkbook(bytes)) throw new InputFault('inputWorkbook')
    const rest = isFirst ? withoutBom(bytes, stream) : bytes
    if (isFirst && (stream.encoding !== 'ascii' || given)) {
      if (stream.encoding === 'ascii' && given) stream.encoding = given
      decoder = makeDecoder(stream.encoding)
    }
    isFirst = false
    if (!decoder && !isAscii(rest)) decoder = makeDecoder((stream.encoding = guess(rest)))
    yield decoder ? decode(decoder, rest, stream) : latin1(rest)
  }
  if (decoder) yield decode(decoder, undefined, stream)
}

/** ZIP, which .xlsx is, and the compound file of .xls. */
const workbooks = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
]

const isWorkbook = (bytes: Uint8Array): boolean =>
  workbooks.some((start) => start.every((byte, index) => bytes[index] === byte))

const boms: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8 with BOM', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

function withoutBom(bytes: Uint8Array, stream: TextStream): Uint8Array {
  const found = boms.find(([, bom]) => bom.every((byte, index) => bytes[index] === byte))
  if (!found) return bytes
  stream.encoding = found[0]
  return bytes.subarray(found[1].length)
}

function guess(bytes: Uint8Array): Encoding {
  if (bytes.includes(0)) return guessUtf16(bytes)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return 'utf-8'
  } catch {
    return 'shift_jis'
  }
}

/** Text of two bytes a character has its zeros on one side; other zeros are told as control characters. */
function guessUtf16(bytes: Uint8Array): Encoding {
  let [even, odd] = [0, 0]
  bytes.forEach((byte, index) => {
    if (byte === 0 && index % 2 === 0) even += 1
    else if (byte === 0) odd += 1
  })
  const enough = bytes.length / 8
  if (odd > enough && even === 0) return 'utf-16le'
  if (even > enough && odd === 0) return 'utf-16be'
  return guess(bytes.filter((byte) => byte !== 0))
}

function makeDecoder(encoding: Encoding): Decoder {
  if (encoding === 'shift_jis') return makeShiftJisDecoder()
  const label = encoding.startsWith('utf-16') ? encoding : 'utf-8'
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
  return { decode: (bytes) => decoder.decode(bytes, { stream: bytes !== undefined }) }
}

function makeShiftJisDecoder(): Decoder {
  const decoder = iconv.getDecoder('cp932')
  const read = (bytes: Uint8Array | undefined): string =>
    bytes ? decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) : (decoder.end() ?? '')
  return {
    decode: (bytes) => {
      const text = read(bytes)
      if (text.includes('\ufffd')) throw new TypeError('not Shift_JIS')
      return toJisText(text)
    },
  }
}

function decode(decoder: Decoder, bytes: Uint8Array | undefined, { encoding }: TextStream): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new InputFault('inputEncoding', { encoding })
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

const isAscii = (bytes: Uint8Array): boolean => isSevenBit(bytes) && !bytes.includes(0)

/** The same bytes in pieces of one size: guesses need some, and nobody should hold all. */
async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length; start += pieceLength) {
      const part = chunk.subarray(start, start + pieceLength)
      held.push(part)
      length += part.length
      if (length < pieceLength) continue
      yield Buffer.concat(held)
      held = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(held)
}
