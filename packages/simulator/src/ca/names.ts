/** X.501 names as the issuing CAs write them: C as PrintableString, the rest as UTF8String (RFC 5280 §4.1.2.4). */
import * as der from './der.js'

export type AttributeType = 'C' | 'ST' | 'L' | 'O' | 'OU' | 'CN'
export type Attribute = readonly [type: AttributeType, value: string]

const identifiers: Record<AttributeType, Buffer> = {
  C: der.objectIdentifier('2.5.4.6'),
  ST: der.objectIdentifier('2.5.4.8'),
  L: der.objectIdentifier('2.5.4.7'),
  O: der.objectIdentifier('2.5.4.10'),
  OU: der.objectIdentifier('2.5.4.11'),
  CN: der.objectIdentifier('2.5.4.3'),
}

const relativeName = ([type, value]: Attribute) =>
  der.set(der.sequence(identifiers[type], type === 'C' ? der.printableString(value) : der.utf8String(value)))

/** A DER Name with the attributes in the order given. */
export const distinguishedName = (attributes: readonly Attribute[]): Buffer =>
  der.sequence(...attributes.map(relativeName))
