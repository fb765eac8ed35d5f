/**
 * Applications in XML: `<applications><application kind="server"><csr>…</csr><dnsNames><dnsName>…`.
 *
 * Element names are the field names. A document type is refused, so no entity can grow or reach outside;
 * text is counted while it comes, so no element can fill the memory.
 */
import { SaxesParser } from 'saxes'
import { InputFault } from './input-fault.js'
import { RepeatedMember } from './repeated-member.js'
import { maxRowLength } from './split-json.js'

type Member = string | string[]

/** Without prototype: an element may be named like a member of every object. */
const emptyRow = (): Record<string, Member> => Object.create(null) as Record<string, Member>

export class XmlReader {
  readonly #parser = new SaxesParser({ position: true })
  readonly #path: string[] = []
  readonly #values: unknown[] = []
  #current = emptyRow()
  #repeated: RepeatedMember | undefined
  #text = ''
  #lastRowAt = 0
  #isWhole = false

  constructor() {
    this.#parser.on('doctype', () => this.#fail(new InputFault('xmlDoctype')))
    this.#parser.on('error', ({ message }) => this.#fail(new InputFault('xmlSyntax', { detail: message })))
    this.#parser.on('opentag', ({ name, attributes }) =>
      this.#open(name, attributes as Record<string, string>),
    )
    this.#parser.on('closetag', () => this.#close())
    this.#parser.on('text', (text) => (this.#text += text))
    this.#parser.on('cdata', (text) => (this.#text += text))
  }

  /** Adds the rows that are complete after this piece. @throws {InputFault} after adding those before the fault */
  push(piece: string, values: unknown[]): void {
    try {
      this.#parser.write(piece)
    } finally {
      values.push(...this.#values.splice(0))
    }
    // Twice: the text of a row may begin in one piece and end in the next.
    if (this.#parser.position - this.#lastRowAt > maxRowLength * 2)
      throw new InputFault('rowTooLong', { max: maxRowLength })
  }

  /** @throws {InputFault} when the document is not whole. */
  end(): void {
    if (this.#path.length > 0) throw new InputFault('inputCutShort')
    this.#parser.close()
    if (!this.#isWhole) throw new InputFault('inputCutShort')
  }

  /** Ends the reading where it is: the parser takes the square of the depth for what would follow in the same piece. */
  #fail(fault: InputFault): never {
    throw fault
  }

  #open(name: string, attributes: Record<string, string>): void {
    this.#refuseText()
    this.#path.push(name)
    this.#text = ''
    const [root, row, field, item] = this.#path
    const isKnown = root === 'applications' && (row === undefined || row === 'application')
    if (!isKnown) this.#fail(new InputFault('xmlElement', { element: this.#path.join('/') }))
    if (this.#path.length === 2) this.#start(attributes)
    else this.#refuseAttributes(attributes)
    if (this.#path.length === 3 && field !== undefined) this.#openField(field)
    const isItem = field === 'dnsNames' && item === 'dnsName' && this.#path.length === 4
    if (this.#path.length > 3 && !isItem)
      this.#fail(new InputFault('xmlElement', { element: this.#path.join('/') }))
  }

  #openField(field: string): void {
    if (field in this.#current) this.#repeated ??= new RepeatedMember(field)
    if (field === 'dnsNames') this.#current.dnsNames = []
  }

  /** What stands outside the fields would be lost. */
  #refuseText(): void {
    if (/^\s*$/.test(this.#text)) return
    this.#fail(
      new InputFault('xmlText', { text: this.#text.trim().slice(0, 40), element: this.#path.join('/') }),
    )
  }

  /** But for those of XML itself and of schemas. */
  #refuseAttributes(attributes: Record<string, string>): void {
    const other = Object.keys(attributes).find((name) => !/^(xml|xsi:)/.test(name))
    if (other !== undefined)
      this.#fail(new InputFault('xmlElement', { element: `${this.#path.at(-1)}@${other}` }))
  }

  #start({ kind, ...others }: Record<string, string>): void {
    this.#refuseAttributes(others)
    this.#current = emptyRow()
    this.#repeated = undefined
    if (kind !== undefined) this.#current.kind = kind
  }

  #close(): void {
    const [, , field = ''] = this.#path
    const depth = this.#path.length
    const isLeaf = depth === 4 || (depth === 3 && field !== 'dnsNames')
    if (!isLeaf) this.#refuseText()
    this.#path.pop()
    if (depth === 4 && Array.isArray(this.#current.dnsNames)) this.#current.dnsNames.push(this.#text)
    if (depth === 3 && field !== 'dnsNames') this.#current[field] = this.#text
    if (depth === 2) this.#values.push(this.#repeated ?? this.#current)
    if (depth === 2) this.#lastRowAt = this.#parser.position
    this.#isWhole = depth === 1
    this.#text = ''
  }
}
