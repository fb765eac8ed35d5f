/** The attributes of a CSR: requested extensions, and the two old ones that the service does not take. */
import { DerError, childrenOf, contentOf, oidOf, readOne, tags } from './der.js'
import type { DerElement } from './der.js'

export interface CsrAttributes {
  dnsNames: string[]
  hasOtherNames: boolean
  hasChallengePassword: boolean
  hasUnstructuredName: boolean
}

const challengePassword = '1.2.840.113549.1.9.7'
const unstructuredName = '1.2.840.113549.1.9.2'
const extensionRequest = '1.2.840.113549.1.9.14'
const subjectAltName = '2.5.29.17'

/** Reads `[0] SET OF Attribute`; some programs leave it out when empty. */
export function readAttributes(element: DerElement | undefined): CsrAttributes {
  const attributes = element ? childrenOf(element, tags.attributes) : []
  const byType = new Map(attributes.map((attribute) => typeAndValue(attribute, tags.set)))
  if (byType.size !== attributes.length) throw new DerError('attribute given twice')
  return {
    ...readExtensions(byType.get(extensionRequest)),
    hasChallengePassword: byType.has(challengePassword),
    hasUnstructuredName: byType.has(unstructuredName),
  }
}

/** Type and last element of a sequence: the set of an attribute, the octets of an extension. */
function typeAndValue(element: DerElement, tag: number): [string, Uint8Array] {
  const parts = childrenOf(element, tags.sequence)
  return [oidOf(parts[0]), contentOf(parts.at(-1), tag)]
}

function readExtensions(content: Uint8Array | undefined): Pick<CsrAttributes, 'dnsNames' | 'hasOtherNames'> {
  const extensions = content ? childrenOf(readOne(content), tags.sequence) : []
  const byType = new Map(extensions.map((extension) => typeAndValue(extension, tags.octetString)))
  if (byType.size !== extensions.length) throw new DerError('extension given twice')
  const san = byType.get(subjectAltName)
  const names = san ? childrenOf(readOne(san), tags.sequence) : []
  const dnsNames = names.filter(({ tag }) => tag === tags.dnsName)
  return {
    dnsNames: dnsNames.map(({ content }) => Buffer.from(content).toString('latin1')),
    hasOtherNames: dnsNames.length < names.length,
  }
}
