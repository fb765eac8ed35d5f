/**
 * Certificates as PKCS #7 (.p7b), which Windows and appliances import: a SignedData without
 * signers (RFC 2315 §9.1, degenerate case), written by hand because it is a handful of DER headers.
 */
const tag = { integer: 0x02, oid: 0x06, sequence: 0x30, set: 0x31, context0: 0xa0 } as const

// 1.2.840.113549.1.7.2 and .1
const signedData = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
const data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]

/** X.690 §8.1.3: short form below 128, else the number of length bytes first. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

function der(type: number, ...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const content = parts.flatMap((part) => Array.from(part))
  return Uint8Array.from([type, ...lengthOf(content.length), ...content])
}

const pem = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g

/** The DER of every certificate in a PEM text. */
export const derOf = (text: string): Uint8Array<ArrayBuffer>[] =>
  [...text.matchAll(pem)].map(([, body = '']) =>
    Uint8Array.from(atob(body.replace(/\s+/g, '')), (character) => character.charCodeAt(0)),
  )

export const toPkcs7 = (text: string): Uint8Array<ArrayBuffer> =>
  der(
    tag.sequence,
    der(tag.oid, signedData),
    der(
      tag.context0,
      der(
        tag.sequence,
        der(tag.integer, [1]),
        der(tag.set),
        der(tag.sequence, der(tag.oid, data)),
        der(tag.context0, ...derOf(text)),
        der(tag.set),
      ),
    ),
  )
