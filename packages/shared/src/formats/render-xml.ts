/** One application as an XML element. Its text holds only characters of XML 1.0, §2.2: write.ts sees to that. */
import type { Application } from '../application/application.js'
import { toJson } from '../application/json.js'

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

const escape = (text: string): string =>
  text.replace(/[&<>\r]/g, (character) => entities[character] ?? character)
