/** One application as an XML element. Source: XML 1.0 §2.2 for what text may hold. */
import type { Application } from '../application/application.js'
import { toJson } from '../application/json.js'

/** @throws {RangeError} for characters that XML cannot hold in any form. */
export function renderXml(application: Application): string {
  const { kind, ...fields } = toJson(application)
  const elements = Object.entries(fields).map(([name, value]) => renderField(name, value))
  return `  <application kind="${kind}">\n${elements.join('')}  </application>\n`
}

function renderField(name: string, value: string | string[]): string {
  const content = Array.isArray(value)
    ? `\n${value.map((item) => `      <dnsName>${escape(item)}</dnsName>\n`).join('')}    `
    : escape(value)
  return `    <${name}>${content}</${name}>\n`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

function escape(text: string): string {
  // eslint-disable-next-line no-control-regex -- these have no form in XML 1.0
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.test(text))
    throw new RangeError('a character that XML cannot hold')
  return text.replace(/[&<>\r]/g, (character) => entities[character] ?? character)
}
