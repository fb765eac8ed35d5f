import { describe, expect, it } from 'vitest'
import { rankName } from './server-names.js'
import { tokenize } from './tokens.js'

const words = (text: string) => tokenize(text, 'x.conf').map(({ text: word }) => word)

describe('tokenize', () => {
  it.each([
    { name: 'words, blocks and ends', text: 'a b;c{d;}', finds: ['a', 'b', ';', 'c', '{', 'd', ';', '}'] },
    { name: 'a comment to its line end', text: 'a # { b\n;', finds: ['a', ';'] },
    { name: 'a # within a word', text: 'a b#c;', finds: ['a', 'b#c', ';'] },
    {
      name: 'quotes with what would end a word',
      text: `a "b;{ 'c" 'd "e';`,
      finds: ['a', "b;{ 'c", 'd "e', ';'],
    },
    { name: 'an escaped quote', text: String.raw`a "b\"c";`, finds: ['a', 'b"c', ';'] },
    { name: 'the braces of a variable', text: 'a ${b}c;', finds: ['a', '${b}c', ';'] },
    {
      name: 'the inside of a Lua block as nothing',
      text: 'content_by_lua_block { x = "}" -- }\n{} } a;',
      finds: ['content_by_lua_block', '{', '}', 'a', ';'],
    },
  ])('reads $name', ({ text, finds }) => {
    expect(words(text)).toEqual(finds)
  })
  it('names file and line of a quote that is not closed', () => {
    expect(() => words('a;\nb "c;')).toThrow('x.conf:2')
  })
})

describe('rankName', () => {
  const name = 'www.example.ac.jp'
  it('puts exact before leading wildcard before trailing wildcard before expression', () => {
    const ranks = [name, '*.example.ac.jp', '*.ac.jp', 'www.*', '~^www'].map((pattern) =>
      rankName(pattern, name),
    )
    expect([...ranks].sort((a, b) => b - a)).toEqual(ranks)
    expect(new Set(ranks).size).toBe(ranks.length)
  })
  it.each([
    { pattern: '.example.ac.jp', matches: true },
    { pattern: '*.www.example.ac.jp', matches: false },
    { pattern: 'ww.*', matches: false },
    { pattern: '~^(?P<a>web|www)\\.', matches: true },
    { pattern: '~*WWW', matches: false },
    { pattern: '_', matches: false },
    { pattern: '""', matches: false },
  ])('$pattern: $matches', ({ pattern, matches }) => {
    expect(rankName(pattern, name) > 0).toBe(matches)
  })
})
