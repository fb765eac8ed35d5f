import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { readQuoted } from './read-values.js'
import { TableSplitter } from './split-table.js'

async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += length)
    yield await Promise.resolve(text.slice(start, start + length))
}

async function read(text: string, length = 1000, delimiter = ','): Promise<string[][]> {
  const rows: string[][] = []
  for await (const batch of readQuoted(inPieces(text, length), delimiter)) rows.push(...batch)
  return rows
}

describe('readQuoted', () => {
  it.each([
    {
      name: 'plain cells',
      text: 'a,b\r\nc,d\r\n',
      rows: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    {
      name: 'no last line end',
      text: 'a,b\nc,d',
      rows: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    { name: 'line ends of every kind', text: 'a\r\nb\nc\rd', rows: [['a'], ['b'], ['c'], ['d']] },
    { name: 'empty lines', text: '\r\na\n\n\nb\n\n', rows: [['a'], ['b']] },
    {
      name: 'empty cells',
      text: ',a,\n,,\n',
      rows: [
        ['', 'a', ''],
        ['', '', ''],
      ],
    },
    {
      name: 'quoted cells',
      text: '"a,b",c\n"d ""e""",""\n',
      rows: [
        ['a,b', 'c'],
        ['d "e"', ''],
      ],
    },
    {
      name: 'a cell over two lines',
      text: 'a,b\n"c\r\nd",e\nf,g\n',
      rows: [
        ['a', 'b'],
        ['c\r\nd', 'e'],
        ['f', 'g'],
      ],
    },
    { name: 'nothing', text: '', rows: [] },
  ])('reads $name, however it is cut into pieces', async ({ text, rows }) => {
    for (const length of [1, 2, 3, 1000]) expect(await read(text, length)).toEqual(rows)
  })

  it.each([
    { name: 'a quote inside a cell', text: 'a,b\nc"d,e\n' },
    { name: 'text after a closing quote', text: 'a,b\n"c"d,e\n' },
    { name: 'a quote that is never closed', text: 'a,b\n"c,d\n' },
  ])('refuses $name', async ({ text }) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'tableSyntax' })
  })

  it('reads what a general parser reads', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '表'), maxLength: 6 })
    const quote = (text: string, always: boolean): string =>
      always || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        async (table, end, length) => {
          const text = table
            .map((row) => row.map(([text, always]) => quote(text, always)).join(',') + end)
            .join('')
          expect(await read(text, length)).toEqual(
            parse(text, { relax_column_count: true, record_delimiter: end }),
          )
        },
      ),
    )
  })
})

describe('TableSplitter', () => {
  it('cuts quoted cells itself, and leaves to the general parser what goes on in the next line', () => {
    const rows: string[][] = []
    const splitter = new TableSplitter(',')
    expect(splitter.push('"a,b",c\n', rows)).toBeUndefined()
    expect(splitter.push('d,"e\nf",g\n', rows)).toBe('d,"e\nf",g\n')
    expect(rows).toEqual([['a,b', 'c']])
  })
})
