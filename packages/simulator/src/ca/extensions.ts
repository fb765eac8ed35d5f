/** Certificate extensions (RFC 5280 §4.2) that the simulator's certificates carry. */
import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import * as der from './der.js'

const extension = (dotted: string, value: Uint8Array, isCritical = false) =>
  der.sequence(
    der.objectIdentifier(dotted),
    ...(isCritical ? [der.boolean(true)] : []),
    der.octetString(value),
  )

/** A CA certificate; `pathLength` is how many CAs may follow below. */
export const certificateAuthority = (pathLength: number) =>
  extension('2.5.29.19', der.sequence(der.boolean(true), der.integer(Buffer.of(pathLength))), true)

const usageBits = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 }
export type KeyUsage = keyof typeof usageBits

export function keyUsage(...usages: KeyUsage[]): Buffer {
  const bits = usages.map((usage) => usageBits[usage])
  const octet = bits.reduce((octets, bit) => octets | (0x80 >> bit), 0)
  // X.690 §11.2.2: trailing zero bits of a named bit list are not encoded.
  return extension('2.5.29.15', der.bitString(Buffer.of(octet), 7 - Math.max(...bits)), true)
}

const purposes = { serverAuth: 1, clientAuth: 2, emailProtection: 4 }
export type Purpose = keyof typeof purposes

export const extendedKeyUsage = (purpose: Purpose) =>
  extension('2.5.29.37', der.sequence(der.objectIdentifier(`1.3.6.1.5.5.7.3.${purposes[purpose]}`)))

const dnsName = (name: string) => der.implicit(2, Buffer.from(name, 'latin1'))
const rfc822Name = (mail: string) => der.implicit(1, Buffer.from(mail, 'latin1'))
const uri = (location: string) => der.implicit(6, Buffer.from(location, 'latin1'))
const ipv4Address = (address: string) => der.implicit(7, Buffer.from(address.split('.').map(Number)))

/** Host names and IPv4 addresses of a server. */
export const hostNames = (names: readonly string[]) =>
  extension(
    '2.5.29.17',
    der.sequence(...names.map((name) => (isIPv4(name) ? ipv4Address(name) : dnsName(name)))),
  )

export const mailAddress = (mail: string) => extension('2.5.29.17', der.sequence(rfc822Name(mail)))

/** Names a key by the SHA-1 of its SubjectPublicKeyInfo; RFC 5280 §4.2.1.2 leaves the method open. */
export const keyIdentifier = (publicKeyInfo: Uint8Array) => createHash('sha1').update(publicKeyInfo).digest()

export const subjectKeyIdentifier = (publicKeyInfo: Uint8Array) =>
  extension('2.5.29.14', der.octetString(keyIdentifier(publicKeyInfo)))

export const authorityKeyIdentifier = (identifier: Uint8Array) =>
  extension('2.5.29.35', der.sequence(der.implicit(0, identifier)))

/** Where to find the issuer's certificate and its OCSP responder. */
export const authorityInformation = (issuerUrl: string, ocspUrl: string) =>
  extension(
    '1.3.6.1.5.5.7.1.1',
    der.sequence(
      der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.1'), uri(ocspUrl)),
      der.sequence(der.objectIdentifier('1.3.6.1.5.5.7.48.2'), uri(issuerUrl)),
    ),
  )

/** DistributionPoint → distributionPoint [0] → fullName [0] → URI. */
export const crlDistributionPoint = (url: string) =>
  extension('2.5.29.31', der.sequence(der.sequence(der.explicit(0, der.explicit(0, uri(url))))))
