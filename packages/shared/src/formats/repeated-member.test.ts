import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRepeatedMember } from './repeated-member.js'

const find = (json: string) => {
  const found = findRepeatedMember(json, JSON.parse(json))
  return found && [...found.path, found.name].join('/')
}

describe('findRepeatedMember', () => {
  it.each([
    ['an object', '{"a":1,"b":{"a":2}}'],
    ['the same member in two objects of a list', '[{"a":1},{"a":2}]'],
    ['a name that is a value too', '{"a":"b","b":"a"}'],
    ['colons, quotes, commas and braces inside strings', '{"a:":"\\":{[,\\\\","b":":"}'],
    ['a backslash at the end of a string', '{"a":"\\\\","b":"\\\\"}'],
    ['names that differ in case', '{"a":1,"A":1}'],
    ['members named like those of every object', '{"__proto__":1,"constructor":2,"toString":3}'],
    ['no object', '"a"'],
  ])('finds none in %s', (_, json) => {
    expect(find(json)).toBeUndefined()
  })

  it.each([
    ['at the top', '{"a":1,"b":2,"a":3}', 'a'],
    ['with the same value', '{"a":1, "a" :1}', 'a'],
    ['once escaped', '{"a":1,"\\u0061":2}', 'a'],
    ['in the second row', '[{"a":1},{"a":1,"a":2}]', '1/a'],
    ['after an array and an object', '{"x":[1,2,{"y":{}}],"z":{"w":[[],{"a":1,"a":2}]}}', 'z/w/1/a'],
    ['named __proto__', '{"__proto__":1,"__proto__":{}}', '__proto__'],
    ['without a name', '{"":1,"":2}', ''],
    ['after strings that end in backslashes', '{"x":"\\\\","y":"\\\\\\"","a":1,"a":2}', 'a'],
    ['with blanks before the colon', '{"a"\n\t :1,"a"\r:2}', 'a'],
    ['of those that come twice the first', '{"a":1,"b":1,"b":2,"a":2}', 'b'],
  ])('finds one %s', (_, json, where) => {
    expect(find(json)).toBe(where)
  })

  it('finds one in an object that holds any two values under one name', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, first, second) => {
        const member = JSON.stringify(name)
        const json = `{"before":[${JSON.stringify(first)}], ${member}: ${JSON.stringify(second)},${member}:1}`
        expect(findRepeatedMember(json, JSON.parse(json))?.name).toBe(name)
      }),
    )
  })

  it('looks through what is nested as deep as a body may be', () => {
    const json = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(find(json)).toBeUndefined()
  })

  it('finds none in what JSON.stringify writes, however it is set', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
        expect(find(JSON.stringify(value, null, indent))).toBeUndefined()
      }),
    )
  })
})
