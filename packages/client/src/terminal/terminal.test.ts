import { describe, expect, it } from 'vitest'
import { renderDuration } from './duration.js'
import { chooseLanguage } from './language.js'
import { cutToWidth, displayWidth, printable } from './printable.js'
import { Reporter } from './reporter.js'
import { wrapText } from './wrap.js'

describe('chooseLanguage', () => {
  it.each([
    { name: 'English without any hint', args: [], env: {}, language: 'en' },
    { name: 'Japanese by LANG', args: [], env: { LANG: 'ja_JP.UTF-8' }, language: 'ja' },
    { name: 'LC_ALL before LANG', args: [], env: { LC_ALL: 'C', LANG: 'ja_JP.UTF-8' }, language: 'en' },
    { name: 'an empty LC_ALL as none', args: [], env: { LC_ALL: '', LANG: 'ja' }, language: 'ja' },
    {
      name: 'UPKI_CLIENT_LANG before the locale',
      args: [],
      env: { UPKI_CLIENT_LANG: 'en', LANG: 'ja' },
      language: 'en',
    },
    {
      name: '--lang before everything',
      args: ['--lang', 'ja'],
      env: { UPKI_CLIENT_LANG: 'en' },
      language: 'ja',
    },
    { name: '--lang=', args: ['certonly', '--lang=ja'], env: {}, language: 'ja' },
  ])('takes $name', ({ args, env, language }) => {
    expect(chooseLanguage(args, env)).toBe(language)
  })
})

describe('printable', () => {
  it.each([
    { name: 'drops escape sequences', text: 'a\u001b[31mb\u009b', shown: 'a[31mb' },
    { name: 'drops bidirectional and zero-width characters', text: 'a\u202eb\u200bc\u2066', shown: 'abc' },
    { name: 'drops lone surrogates', text: 'a\ud800b', shown: 'ab' },
    { name: 'turns line breaks into blanks', text: 'a\r\n\tb\u2028c', shown: 'a b c' },
    { name: 'keeps Japanese and emoji', text: '証明書😀', shown: '証明書😀' },
    { name: 'keeps text of the longest length', text: 'x'.repeat(500), shown: 'x'.repeat(500) },
    { name: 'cuts longer text', text: 'x'.repeat(501), shown: `${'x'.repeat(500)}…` },
  ])('$name', ({ text, shown }) => {
    expect(printable(text)).toBe(shown)
  })
})

describe('widths', () => {
  it.each([
    { text: 'abc', width: 3 },
    { text: '証明書', width: 6 },
    { text: 'ｱｲｳ', width: 3 },
    { text: '😀', width: 2 },
  ])('$text takes $width columns', ({ text, width }) => {
    expect(displayWidth(text)).toBe(width)
  })

  it('never cuts a wide character in half', () => {
    expect(cutToWidth('証明書', 5)).toBe('証明…')
    expect(cutToWidth('証明書', 6)).toBe('証明書')
  })

  it('wraps Japanese anywhere but before closing marks, and other words at blanks', () => {
    expect(wrapText('証明書、鍵', 6)).toBe('証明書、\n鍵')
    expect(wrapText('certificate of a server', 14)).toBe('certificate of\na server')
  })
})

describe('renderDuration', () => {
  it.each([
    { seconds: 0, en: '0 s', ja: '0秒' },
    { seconds: 59, en: '59 s', ja: '59秒' },
    { seconds: 60, en: '1 min', ja: '1分' },
    { seconds: 200, en: '3 min 20 s', ja: '3分20秒' },
    { seconds: 3 * 86_400 + 7200 + 60, en: '3 d 2 h', ja: '3日2時間' },
  ])('$seconds s is $en', ({ seconds, en, ja }) => {
    expect(renderDuration(seconds)).toEqual({ en, ja })
  })
})

describe('Reporter', () => {
  const make = (options: { isTTY?: boolean; quiet?: boolean; json?: boolean }) => {
    const written = { out: '', err: '' }
    const reporter = new Reporter({
      language: 'en',
      quiet: options.quiet ?? false,
      json: options.json ?? false,
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text), isTTY: options.isTTY, columns: 40 },
    })
    return { reporter, written }
  }
  const queued = { en: 'queued', ja: '待ち' }
  const timing = (text: string) => ({ en: text, ja: text })

  it('writes a state once where there is no terminal', () => {
    const { reporter, written } = make({})
    for (const second of ['1 s', '2 s']) reporter.progress(queued, timing(second))
    expect(written.err).toBe('queued\n')
  })

  it('rewrites one line on a terminal and leaves it standing at the end', () => {
    const { reporter, written } = make({ isTTY: true })
    for (const second of ['1 s', '2 s']) reporter.progress(queued, timing(second))
    reporter.say({ en: 'done', ja: '完了' })
    expect(written.err).toBe('\r\u001b[2Kqueued · 1 s\r\u001b[2Kqueued · 2 s\ndone\n')
  })

  it('keeps to warnings and errors when quiet', () => {
    const { reporter, written } = make({ quiet: true })
    reporter.say(queued)
    reporter.progress(queued, timing('1 s'))
    reporter.result(queued, {})
    expect(written).toEqual({ out: '', err: '' })
    reporter.error(queued)
    expect(written.err).toContain('queued')
  })

  it('gives a program the result on standard output, even when quiet', () => {
    const { reporter, written } = make({ quiet: true, json: true })
    reporter.result(queued, { outcome: 'kept' })
    expect(JSON.parse(written.out)).toEqual({ outcome: 'kept' })
  })
})
