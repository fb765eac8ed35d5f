import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applicationKinds } from '../application/index.js'
import type { Application } from '../application/index.js'
import {
  charactersOutsideJis,
  columnOf,
  decodeShiftJis,
  decodeTsv,
  encodeShiftJis,
  encodeTsv,
  kindTables,
  overlayTable,
  shiftJisLength,
  toJisText,
} from './index.js'

const hex = (text: string): string => encodeShiftJis(text).toString('hex')

describe('kindTables', () => {
  it.each(applicationKinds)('%s has 13 columns, or 15 for client and S/MIME', (kind) => {
    const { columns } = kindTables[kind]
    expect(columns.map(({ number }) => number)).toEqual(columns.map((_, index) => index + 1))
    expect(columns).toHaveLength(/^(client|smime)/.test(kind) ? 15 : 13)
  })

  it('marks the columns of a server certificate as the manual does', () => {
    const marks = (kind: Application['kind'], use: string) =>
      kindTables[kind].columns.flatMap((column) => (column.use === use ? [column.number] : []))
    expect(marks('server-issue', 'required')).toEqual([1, 2, 7, 10, 11, 12])
    expect(marks('server-issue', 'empty')).toEqual([3, 4, 5, 6])
    expect(marks('server-renew', 'required')).toEqual([1, 2, 4, 7, 10, 11, 12])
    expect(marks('server-revoke', 'required')).toEqual([1, 4, 5])
    expect(marks('client-issue', 'required')).toEqual([1, 2, 3, 8, 10, 11, 14])
    expect(marks('acme-suspend', 'required')).toEqual([3, 5])
  })

  it('takes an overlay without changing itself', () => {
    const changed = overlayTable(kindTables['server-issue'], { software: { max: 64, use: 'optional' } })
    expect(columnOf(changed, 'software')).toMatchObject({ max: 64, use: 'optional', number: 12 })
    expect(columnOf(kindTables['server-issue'], 'software')).toMatchObject({ max: 128, use: 'required' })
  })
})

describe('Shift_JIS', () => {
  it.each([
    ['漢字カナ', '8abf8e9a834a8369', 'levels 1 and 2'],
    ['表ソ能', '955c835c945c', 'second bytes that look like a backslash'],
    ['〜', '8160', 'the wave dash of JIS'],
    ['～', '8160', 'its name in CP932'],
    ['−－', '817c817c', 'both names of the minus sign'],
    ['—―', '815c815c', 'both names of the dash'],
    ['‖∥', '81618161', 'both names of the double line'],
    ['¢￠£￡¬￢', '8191819181928192' + '81ca81ca', 'both names of cent, pound and not'],
    ['ｱ', 'b1', 'half-width katakana'],
    ['か\u3099', '82aa', 'composed'],
    ['≒≡∫', '81e081df81e7', 'symbols that CP932 has twice'],
  ])('encodes %s as %s (%s)', (text, bytes) => {
    expect(hex(text)).toBe(bytes)
  })

  it.each(['髙', '﨑', '①', 'Ⅱ', '㈱', '¥', '‾', '𠮷', '😀', 'é', '纊', '\ud800', '\ufa1b', '\u{2f804}'])(
    'refuses %s',
    (character) => {
      expect(charactersOutsideJis(`国立${character}太郎`)).toEqual([character])
      expect(() => encodeShiftJis(character)).toThrow(/JIS X 0208/)
    },
  )

  it('decodes every cell of JIS X 0208 to text that encodes to the same bytes', () => {
    const characters = new Set<string>()
    for (let row = 1; row <= 84; row += 1)
      for (let cell = 1; cell <= 94; cell += 1) {
        const text = decodedCell(row, cell)
        if (text === undefined || charactersOutsideJis(text).length > 0) continue
        characters.add(text)
        expect(decodeShiftJis(encodeShiftJis(text))).toBe(text)
      }
    // JIS X 0208:1997 has 6879 characters.
    expect(characters.size).toBe(6879)
  })

  it('counts two bytes for a full-width character', () => {
    expect(shiftJisLength('国立 taro')).toBe(9)
  })
})

/** Text of a cell of JIS X 0208 by row and cell, by way of its Shift_JIS bytes. */
function decodedCell(row: number, cell: number): string | undefined {
  const half = Math.ceil(row / 2)
  const lead = half + (half <= 31 ? 0x80 : 0xc0)
  const trail = row % 2 === 1 ? cell + (cell <= 63 ? 0x3f : 0x40) : cell + 0x9e
  try {
    return decodeShiftJis(Uint8Array.of(lead, trail))
  } catch {
    return undefined
  }
}

const application = (fields: Application['fields'] = {}): Application => ({
  kind: 'server-issue',
  fields: {
    subjectDn: 'CN=a',
    profileId: '3',
    csr: 'AAAA',
    subscriberEmail: 'a@b.jp',
    fqdn: 'a',
    software: 'nginx',
    ...fields,
  },
})

describe('encodeTsv', () => {
  it('writes 13 columns in Shift_JIS with CRLF', () => {
    const bytes = encodeTsv([application({ subscriberName: '国立 太郎' })])
    expect(decodeShiftJis(bytes)).toBe('CN=a\t3\t\t\t\t\tAAAA\t国立 太郎\t\ta@b.jp\ta\tnginx\t\r\n')
  })

  it.each([
    ['no rows', [], 'noRows'],
    ['100 rows', Array<Application>(100).fill(application()), 'tooManyRows'],
    [
      'two kinds',
      [application(), { ...application({ serial: '1' }), kind: 'server-renew' as const }],
      'mixedKinds',
    ],
    ['a field of another kind', [application({ serial: '1' })], 'fieldNotOfKind'],
    ['a required field missing', [application({ csr: '' })], 'missingField'],
    ['a tab', [application({ software: 'a\tb' })], 'unsafeValue'],
    ['a line break', [application({ software: 'a\nb' })], 'unsafeValue'],
    ['quotation marks around a value', [application({ software: '"nginx"' })], 'unsafeValue'],
    ['a character outside JIS', [application({ subscriberName: '髙橋' })], 'character'],
  ])('refuses %s', (_, applications, fault) => {
    expect(() => encodeTsv(applications)).toThrow(expect.objectContaining({ name: 'TsvError', fault }))
  })

  it('takes 99 rows', () => {
    expect(decodeTsv(encodeTsv(Array<Application>(99).fill(application())), 'server-issue')).toHaveLength(99)
  })

  it.each(applicationKinds)(
    'gives back the same application of kind %s, and the same bytes again',
    (kind) => {
      fc.assert(
        fc.property(fc.array(arbitraryApplication(kind), { minLength: 1, maxLength: 5 }), (applications) => {
          const bytes = encodeTsv(applications)
          const decoded = decodeTsv(bytes, kind)
          expect(decoded).toEqual(applications)
          expect(encodeTsv(decoded)).toEqual(bytes)
        }),
        { numRuns: 50 },
      )
    },
  )
})

/** Values that no rule of a column has looked at: the codec carries them all the same. */
function arbitraryApplication(kind: Application['kind']): fc.Arbitrary<Application> {
  const characters = Array.from('abcXYZ019 ,=.@-()漢字表ソ能ー〜−｡ｱ"\\~') as [string, ...string[]]
  const value = fc
    .string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 })
    .filter((text) => !/^".*"$/.test(text))
    .map(toJisText)
  const model = Object.fromEntries(
    kindTables[kind].columns.flatMap(({ field, use }) => (field && use !== 'empty' ? [[field, value]] : [])),
  )
  const optional = kindTables[kind].columns.flatMap(({ field, use }) =>
    use === 'optional' && field ? [field] : [],
  )
  const required = Object.keys(model).filter((field) => !optional.some((other) => other === field))
  return fc.record(model, { requiredKeys: required }).map((fields) => ({ kind, fields: { ...fields } }))
}

describe('decodeTsv', () => {
  const line = 'CN=a\t3\t\t\t\t\tAAAA\t\t\ta@b.jp\ta\tnginx\t'

  it.each([
    ['CRLF', `${line}\r\n${line}\r\n`],
    ['LF', `${line}\n${line}\n`],
    ['no last line end', `${line}\r\n${line}`],
  ])('reads rows with %s', (_, text) => {
    expect(decodeTsv(Buffer.from(text), 'server-issue')).toEqual([application(), application()])
  })

  it.each([
    ['12 columns', line.slice(0, -1), 'columnCount'],
    ['14 columns', `${line}\t`, 'columnCount'],
    ['an empty line between rows', `${line}\n\n${line}`, 'columnCount'],
    ['a filled reserved column', line.replace('\t3\t', '\t3\tx'), 'reservedColumn'],
    ['UTF-8', Buffer.from(line.replace('nginx', '国立')), 'character'],
  ])('refuses %s', (_, text, fault) => {
    expect(() => decodeTsv(Buffer.from(text), 'server-issue')).toThrow(expect.objectContaining({ fault }))
  })

  it('answers any bytes with applications or a TsvError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...applicationKinds), (bytes, kind) => {
        try {
          decodeTsv(bytes, kind)
        } catch (error) {
          expect(error).toMatchObject({ name: 'TsvError' })
        }
      }),
    )
  })
})
