/** Certificates for subscribers: docs/issuance-system.md, "Certificates". */
import * as extensions from './extensions.js'
import type { Hierarchy, IssuerId } from './hierarchy.js'
import { distinguishedName, type Attribute } from './names.js'
import { randomSerial, serialInDecimal, signCertificate } from './sign.js'

export interface IssuedCertificate {
  /** DER. */
  certificate: Buffer
  /** Decimal. */
  serial: string
  notBefore: Date
  notAfter: Date
}

export interface CertificateRequest {
  subject: readonly Attribute[]
  /** DER SubjectPublicKeyInfo. */
  publicKeyInfo: Buffer
  notAfter: Date
  /** Key usage, purpose and names. */
  extensions: readonly Buffer[]
}

/** 198 days since March 2026, the first and the last second included. */
const serverValidityDays = 198

const wholeSecond = (date: Date) => new Date(Math.floor(date.getTime() / 1000) * 1000)

export class EndEntityIssuer {
  constructor(
    private readonly hierarchy: Hierarchy,
    /** Where /ca/ is served, without a slash at the end. */
    private readonly baseUrl: string,
  ) {}

  server(
    issuer: IssuerId,
    subject: readonly Attribute[],
    names: readonly string[],
    publicKeyInfo: Buffer,
  ): Promise<IssuedCertificate> {
    const now = wholeSecond(new Date())
    // ECDSA keys do not encipher keys: keyEncipherment left these certificates in 2019.
    const usage =
      issuer === 'rsa'
        ? extensions.keyUsage('digitalSignature', 'keyEncipherment')
        : extensions.keyUsage('digitalSignature')
    return this.issue(issuer, now, {
      subject,
      publicKeyInfo,
      notAfter: new Date(now.getTime() + serverValidityDays * 86_400_000 - 1000),
      extensions: [usage, extensions.extendedKeyUsage('serverAuth'), extensions.hostNames(names)],
    })
  }

  /** For a person: signed by the RSA issuing CA; `mail` makes it an S/MIME certificate. */
  personal(
    subject: readonly Attribute[],
    publicKeyInfo: Buffer,
    validityMonths: number,
    mail?: string,
  ): Promise<IssuedCertificate> {
    const now = wholeSecond(new Date())
    const notAfter = new Date(now)
    notAfter.setUTCMonth(notAfter.getUTCMonth() + validityMonths)
    return this.issue('rsa', now, {
      subject,
      publicKeyInfo,
      notAfter,
      extensions: [
        extensions.keyUsage('digitalSignature', 'keyEncipherment'),
        extensions.extendedKeyUsage(mail === undefined ? 'clientAuth' : 'emailProtection'),
        ...(mail === undefined ? [] : [extensions.mailAddress(mail)]),
      ],
    })
  }

  private async issue(
    issuerId: IssuerId,
    notBefore: Date,
    request: CertificateRequest,
  ): Promise<IssuedCertificate> {
    const issuer = this.hierarchy[issuerId]
    const serial = randomSerial()
    const place = `${this.baseUrl}/ca/${issuerId}`
    const certificate = await signCertificate(
      {
        serial,
        subject: distinguishedName(request.subject),
        publicKeyInfo: request.publicKeyInfo,
        notBefore,
        notAfter: request.notAfter,
        extensions: [
          ...request.extensions,
          extensions.subjectKeyIdentifier(request.publicKeyInfo),
          extensions.authorityKeyIdentifier(issuer.keyIdentifier),
          extensions.authorityInformation(`${place}.cer`, `${place}/ocsp`),
          extensions.crlDistributionPoint(`${place}.crl`),
        ],
      },
      issuer,
    )
    return { certificate, serial: serialInDecimal(serial), notBefore, notAfter: request.notAfter }
  }
}
