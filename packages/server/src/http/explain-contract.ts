/**
 * What the validator of the contract found, in the words of whoever sent it: which parameter or member, and what is
 * wanted there. The validator itself speaks of JSON paths, in English.
 */
import type { Bilingual } from '@upki-gateway/shared/problem'

/** As the validator has it, such as `/query/limit` and `must be >= 1`. */
export interface ContractFault {
  path?: string
  message?: string
}

const parts: Record<string, Bilingual> = {
  query: { en: 'The query parameter', ja: 'クエリパラメータ' },
  params: { en: 'The path parameter', ja: 'パスのパラメータ' },
  headers: { en: 'The header', ja: 'ヘッダー' },
  body: { en: 'The member', ja: '項目' },
}

/** `['a', '0', 'b']` as `a[0].b`. */
export const memberOf = (names: readonly string[]): string =>
  names
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '')

function placeOf(path: string): Bilingual {
  const [, part = '', ...names] = path.split('/')
  const words = parts[part]
  if (!words || names.length === 0) return { en: 'The body', ja: '本文' }
  const member = memberOf(names)
  return { en: `${words.en} ${member}`, ja: `${words.ja} ${member} ` }
}

const types: Record<string, string> = {
  string: '文字列',
  object: 'オブジェクト',
  array: '配列',
  integer: '整数',
  number: '数値',
  boolean: '真偽値',
  null: 'null',
}

const units: Record<string, string> = { characters: '文字', items: '個', properties: '項目' }

/** Messages of Ajv, and what they come to: `$1` and so on are what they hold. */
const rules: readonly (readonly [RegExp, string, string | ((...found: string[]) => string)])[] = [
  [/^must be >= (.+)$/, 'must be $1 or more', 'は $1 以上にしてください'],
  [/^must be <= (.+)$/, 'must be $1 or less', 'は $1 以下にしてください'],
  [
    /^must be equal to one of the allowed values: (.+)$/,
    'must be one of $1',
    'は $1 のいずれかにしてください',
  ],
  [/^must be equal to constant$/, 'must be the value of the contract', 'はAPI仕様にある値にしてください'],
  [/^must have required property .+$/, 'is missing', 'がありません'],
  [
    /^must NOT have additional properties$/,
    'is not known; is it misspelt?',
    'はありません。つづりを確かめてください',
  ],
  [/^Unknown query parameter .+$/, 'is not known; is it misspelt?', 'はありません。つづりを確かめてください'],
  [
    /^Empty value found for .+$/,
    'is empty; leave it out or give it a value',
    'が空です。省くか、値を指定してください',
  ],
  [
    /^Parameter .+ must be url encoded\..*$/,
    'holds a character that has to be percent-encoded (RFC 3986 §2.2)',
    'にパーセント符号化が必要な文字があります（RFC 3986 §2.2）',
  ],
  [/^must match format "(.+)"$/, 'must have the format $1', 'は $1 の形式にしてください'],
  [/^must match pattern "(.+)"$/, 'must match $1', 'は $1 に一致する必要があります'],
  [/^must NOT have duplicate items .+$/, 'has an item twice', 'に同じ値が2つあります'],
  [
    /^must match exactly one schema in oneOf$/,
    'is none of what the contract allows',
    'はAPI仕様にあるどの形でもありません',
  ],
  [
    /^must NOT have (fewer|more) than (\d+) (characters|items|properties)$/,
    'must not have $1 than $2 $3',
    (_, than = '', count = '', unit = '') =>
      `は${count}${units[unit] ?? ''}${than === 'fewer' ? '以上' : '以下'}にしてください`,
  ],
  [
    /^must be ((?:string|object|array|integer|number|boolean|null)(?:,\w+)*)$/,
    'must be $1',
    (_, names = '') =>
      `は${names
        .split(',')
        .map((name) => types[name] ?? name)
        .join('か')}にしてください`,
  ],
]

function ruleOf(message: string): Bilingual {
  const rule = rules.find(([pattern]) => pattern.test(message))
  if (!rule) return { en: message, ja: `：${message}` }
  const [pattern, en, ja] = rule
  return { en: message.replace(pattern, en), ja: message.replace(pattern, ja as string) }
}

/** One fault, as a sentence without its full stop. */
export function explainFault({ path = '', message = '' }: ContractFault): Bilingual {
  const [place, rule] = [placeOf(path), ruleOf(message)]
  return { en: `${place.en} ${rule.en}`, ja: place.ja + rule.ja }
}

const MOST = 20

/** All of them, the first twenty told. */
export function explainFaults(faults: readonly ContractFault[]): Bilingual {
  const told = faults.slice(0, MOST).map(explainFault)
  return { en: told.map(({ en }) => en).join('; '), ja: told.map(({ ja }) => `${ja}。`).join('') }
}
