/** Checks the characters of a value. Source: docs/upki-tsv.md, "Characters". */
import type { FieldName } from '../application/application.js'
import type { Suggestion } from '../problem/finding.js'
import { charactersOutsideJis } from '../tsv/index.js'
import type { Charset } from '../tsv/index.js'
import type { Row } from './row.js'

/** What nearly every value is: printable ASCII, neither quoted nor with a blank at an end. */
const plain = /^[!#-~](?:[ -~]*[!-~])?$/

/** True when the characters let the value be judged further. */
export function checkCharacters(row: Row, field: FieldName, value: string, charset: Charset): boolean {
  // The rule of the CSR column says it better: line breaks and PEM headers are the usual case.
  if (charset === 'base64') return true
  if (charset !== 'digits' && plain.test(value)) return true
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]/.test(value)) return finds(row, 'controlCharacter', field)
  if (/^".*"$/.test(value))
    return finds(row, 'quoted', field, { field, value: value.slice(1, -1), needsConsent: false })
  if (value.trim() !== value) row.find('outerBlank', field, suggest(field, value.trim()))
  if (charset === 'digits') return checkDigits(row, field, value)
  return charset === 'halfWidth' ? checkHalfWidth(row, field, value) : checkJis(row, field, value)
}

function finds(
  row: Row,
  code: 'controlCharacter' | 'quoted',
  field: FieldName,
  suggestion?: Suggestion,
): false {
  row.find(code, field, suggestion && { suggestion })
  return false
}

const suggest = (field: FieldName, value: string): { suggestion: Suggestion } => ({
  suggestion: { field, value, needsConsent: false },
})

function checkDigits(row: Row, field: FieldName, value: string): boolean {
  if (/^[0-9]+$/.test(value)) return true
  const narrow = value.normalize('NFKC').trim()
  row.find('notDigits', field, /^[0-9]+$/.test(narrow) ? suggest(field, narrow) : {})
  return false
}

function checkHalfWidth(row: Row, field: FieldName, value: string): boolean {
  const wide = value.match(/[^\x20-\x7e]/gu)
  if (!wide) return true
  const narrow = value.normalize('NFKC')
  row.find('notHalfWidth', field, {
    words: { characters: shown(wide) },
    ...(/^[\x20-\x7e]*$/.test(narrow) && suggest(field, narrow)),
  })
  // Names in other scripts are told apart from mere full-width letters by the rules for host names.
  return true
}

function checkJis(row: Row, field: FieldName, value: string): boolean {
  const outside = charactersOutsideJis(value)
  if (outside.length > 0)
    row.find(field === 'revocationComment' ? 'commentCharacter' : 'notInJis', field, {
      words: { characters: shown(outside) },
      ...substitute(field, value),
    })
  const kana = /[\uff61-\uff9f]+/g
  if (kana.test(value))
    row.find(
      'halfWidthKana',
      field,
      suggest(
        field,
        value.replace(kana, (run) => run.normalize('NFKC')),
      ),
    )
  return true
}

const shown = (characters: readonly string[]): string => [...new Set(characters)].slice(0, 10).join(' ')

/** Variants of names that JIS levels 1 and 2 lack, with the character people accept in their place. */
const variants = new Map([
  ['髙', '高'],
  ['﨑', '崎'],
  ['𠮷', '吉'],
  ['德', '徳'],
  ['瀨', '瀬'],
  ['栁', '柳'],
  ['濵', '濱'],
  ['邉', '邊'],
])

function substitute(field: FieldName, value: string): { suggestion?: Suggestion } {
  const replaced = Array.from(value)
    .map((character) => (charactersOutsideJis(character).length > 0 ? replacementOf(character) : character))
    .join('')
  return charactersOutsideJis(replaced).length > 0
    ? {}
    : { suggestion: { field, value: replaced, needsConsent: true } }
}

/** A variant, or what the character is composed of: ① is 1, ㈱ is (株). */
const replacementOf = (character: string): string => variants.get(character) ?? character.normalize('NFKC')
