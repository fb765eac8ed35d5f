/** /v1/inspections: a CSR or certificates, decoded; nothing is stored. */
import { X509Certificate, type KeyObject } from 'node:crypto'
import { CsrError, parseCsr } from '@upki-gateway/shared/csr'
import { readCertificate } from '@upki-gateway/shared/issued'
import { Router } from 'express'
import { ProblemError } from '../problem/problem-error.js'
import type { components } from './api-types.js'

type Schemas = components['schemas']
type Inspected = Schemas['InspectedCsr'] | Schemas['InspectedCertificate']

const MAX_CERTIFICATES = 20

const certificatePem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function unreadable(cause: unknown): never {
  throw new ProblemError('unreadable', 'Give the PEM of a CSR or of certificates', {
    ja: 'CSRまたは証明書のPEMを指定してください。',
    cause,
  })
}

function inspectCsr(input: string): Inspected {
  try {
    const csr = parseCsr(input)
    const { subjectDn, keyType, dnsNames, signatureAlgorithm, signatureValid, spkiSha256, sha256 } = csr
    return {
      type: 'csr',
      ...{ subjectDn, keyType, dnsNames: [...dnsNames], signatureAlgorithm, signatureValid },
      ...{ spkiSha256, sha256 },
    }
  } catch (error) {
    if (error instanceof CsrError) unreadable(error)
    throw error
  }
}

function keyTypeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {}
  return [asymmetricKeyType, modulusLength, namedCurve].filter(Boolean).join(' ')
}

/** Node writes one attribute per line. */
const oneLine = (name: string): string => name.split('\n').reverse().join(', ')

function inspectCertificate(pem: string): Schemas['InspectedCertificate'] {
  try {
    const certificate = new X509Certificate(pem)
    const { serial, notBefore, notAfter, dnsNames } = readCertificate(pem)
    return {
      type: 'certificate',
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      serial,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      dnsNames,
      keyType: keyTypeOf(certificate.publicKey),
      sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    }
  } catch (error) {
    // Whatever it is, it is no certificate that can be read: node:crypto and OpenSSL have many words for that.
    return unreadable(error)
  }
}

/** Every certificate in a PEM text, as it comes; none where there is none. @throws ProblemError when one cannot be read */
export const inspectCertificates = (pem: string): Schemas['InspectedCertificate'][] =>
  (pem.match(certificatePem) ?? []).map(inspectCertificate)

export function inspect(input: string): Inspected[] {
  const certificates = input.match(certificatePem) ?? []
  if (certificates.length > MAX_CERTIFICATES) unreadable(undefined)
  return certificates.length > 0 ? certificates.map(inspectCertificate) : [inspectCsr(input)]
}

export function makeInspections(): Router {
  const router = Router()
  router.post('/', (request, response) => {
    response.json({ objects: inspect((request.body as { input: string }).input) })
  })
  return router
}
