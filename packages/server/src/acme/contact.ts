/** Contacts of an account: mail addresses, one in each URL (RFC 8555 §7.3, RFC 6068). */
import { ProblemError } from '../problem/problem-error.js'

const MAX_CONTACTS = 10
// RFC 5321 §4.5.3.1.3: a path of 256 octets with its brackets.
const MAX_ADDRESS = 254

// No list, no header fields, no quoted local part: a contact reaches one mailbox.
const address = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/

const invalid = (detail: string): ProblemError =>
  new ProblemError('invalidContact', detail, {
    ja: '連絡先は mailto:name@example.ac.jp の形で、一つに一つのアドレスを書いてください。',
  })

function checkContact(contact: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(contact)?.[1]?.toLowerCase()
  if (scheme === undefined) throw invalid('A contact is a URL, such as mailto:name@example.ac.jp')
  if (scheme !== 'mailto')
    throw new ProblemError('unsupportedContact', 'Only mailto: contacts are supported', {
      ja: '連絡先は mailto: だけに対応しています。',
    })
  const mail = contact.slice('mailto:'.length)
  if (mail.includes('?') || mail.length > MAX_ADDRESS || !address.test(mail))
    throw invalid('A contact holds one mail address without header fields (RFC 8555 §7.3)')
  return `mailto:${mail}`
}

/** @throws ProblemError invalidContact or unsupportedContact */
export function checkContacts(contacts: readonly string[]): string[] {
  if (contacts.length > MAX_CONTACTS) throw invalid(`An account has at most ${MAX_CONTACTS} contacts`)
  return contacts.map(checkContact)
}
