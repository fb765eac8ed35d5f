import { describe, expect, it } from 'vitest'
import { parseStrictJson } from './strict-json.js'

const parse = (text: string) => parseStrictJson(Buffer.from(text))
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

describe('parseStrictJson', () => {
  it.each([
    ['an object', '{"a":1,"b":{"a":2}}'],
    ['the same member in two objects of a list', '[{"a":1},{"a":2}]'],
    ['colons, quotes and braces inside strings', '{"a:":"\\":{[\\\\","b":":"}'],
    ['an escaped surrogate pair', '{"a":"\\ud83d\\ude00"}'],
    ['members named like those of every object', '{"__proto__":1,"constructor":2,"toString":3}'],
    ['sixteen levels', nested(16)],
    ['a backslash at the end of a string', '{"a":"\\\\","b":1}'],
  ])('reads %s as JSON.parse does', (_, text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  it.each([
    ['a member twice', '{"a":1,"a":1}', 'twice'],
    ['a member twice, once escaped', '{"a":1,"\\u0061":2}', 'twice'],
    ['a member twice further in', '{"x":[{"a":1,"a":2}]}', 'twice'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":{}}', 'twice'],
    ['seventeen levels', nested(17), 'deeper'],
    ['a hundred thousand levels', nested(100_000), 'deeper'],
    ['a byte order mark', '\ufeff{}', 'not JSON'],
    ['two values', '{} {}', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['a trailing comma', '{"a":1,}', 'not JSON'],
    ['four million backslashes and quotation marks', '\\"'.repeat(2_000_000), 'not JSON'],
    ['a zero byte', '{"a":"\0"}', 'not JSON'],
    ['half a surrogate pair', '{"a":"\\ud83d"}', 'surrogate'],
    ['half a surrogate pair in a name', '{"\\udc00":1}', 'surrogate'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parse(text)).toThrow(reason)
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('UTF-8')
  })
})
