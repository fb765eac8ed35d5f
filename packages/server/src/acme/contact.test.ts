import { describe, expect, it } from 'vitest'
import { checkContacts } from './contact.js'

const problemOf = (contacts: string[]): string => {
  try {
    checkContacts(contacts)
    return 'taken'
  } catch (error) {
    return (error as { problem: string }).problem
  }
}

describe('checkContacts', () => {
  it.each([
    ['none', [], 'taken'],
    ['an address', ['mailto:admin@example.ac.jp'], 'taken'],
    ['the scheme in capitals', ['MAILTO:admin@example.ac.jp'], 'taken'],
    ['a tag', ['mailto:admin+tls@example.ac.jp'], 'taken'],
    ['ten', Array.from({ length: 10 }, () => 'mailto:a@b.jp'), 'taken'],
    ['eleven', Array.from({ length: 11 }, () => 'mailto:a@b.jp'), 'invalidContact'],
    ['two addresses in one', ['mailto:a@b.jp,c@d.jp'], 'invalidContact'],
    ['header fields', ['mailto:a@b.jp?cc=c@d.jp'], 'invalidContact'],
    ['only header fields', ['mailto:?to=c@d.jp'], 'invalidContact'],
    ['a line break', ['mailto:a@b.jp\r\nBcc: c@d.jp'], 'invalidContact'],
    ['no domain', ['mailto:root'], 'invalidContact'],
    ['an address of 255 characters', [`mailto:a@${'b.'.repeat(125)}jpp`], 'invalidContact'],
    ['no scheme', ['a@b.jp'], 'invalidContact'],
    ['a telephone', ['tel:+81-3-1234-5678'], 'unsupportedContact'],
  ])('%s: %s', (_, contacts, outcome) => {
    expect(problemOf(contacts)).toBe(outcome)
  })

  it('writes the scheme in lower case', () => {
    expect(checkContacts(['MAILTO:Admin@example.ac.jp'])).toEqual(['mailto:Admin@example.ac.jp'])
  })
})
