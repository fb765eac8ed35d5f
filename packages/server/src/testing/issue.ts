/** Orders and certificates for tests, issued without the service: a real leaf, signed by a key made here. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { createHash, X509Certificate } from 'node:crypto'
import { makeCsrDer, sampleSubjectFor, type TestCsr } from '@upki-gateway/shared/testing'
import { insertCertificates } from '../store/certificates.js'
import { type AcmeClient, type AcmeReply, type Signer, urlOf } from './acme-client.js'
import type { TestGateway } from './gateway.js'

const dn = (name: string) => `CN=${name},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`

/** With the subject of the sample organisation; in base64url as finalize takes it. */
export const csrFor = async (names: readonly string[], change: TestCsr = {}): Promise<string> => {
  const subject = sampleSubjectFor(names[0] ?? '')
  const der = await makeCsrDer({ key: 'p384', subject, dnsNames: [...names], ...change })
  return Buffer.from(der).toString('base64url')
}

export interface Issued {
  /** As revokeCert takes it. */
  certificate: string
  serial: string
  /** As renewal information names it (RFC 9773 §4.1). */
  id: string
  /** Holds the key of the certificate. */
  signer: Signer
  applicationId: string
  order: AcmeReply
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-384' }

async function makeLeaf(names: readonly string[], notAfter: Date) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const leaf = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    name: dn(names[0] ?? ''),
    notBefore: new Date(Date.now() - 1000),
    notAfter,
    signingAlgorithm: { ...algorithm, hash: 'SHA-384' },
    extensions: [
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const { crv, x, y } = jwk
  return { leaf, signer: { alg: 'ES384', privateKey: keys.privateKey, jwk: { kty: 'EC', crv, x, y } } }
}

function idOf(leaf: x509.X509Certificate): string {
  const keyId = leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId ?? ''
  const { serialNumber } = leaf
  const serial = /^[89a-f]/i.test(serialNumber) ? `00${serialNumber}` : serialNumber
  return [keyId, serial].map((hex) => Buffer.from(hex, 'hex').toString('base64url')).join('.')
}

/** Orders and finalizes by the client; then the certificate is there as if the service had issued it. */
export async function issueFor(
  { env }: TestGateway,
  client: AcmeClient,
  names: readonly string[],
  notAfter = new Date(Date.now() + 86_400_000),
): Promise<Issued> {
  const order = await client.order(names)
  const done = await client.post(String(order.body.finalize), { csr: await csrFor(names) })
  if (done.status !== 200) throw new Error(done.text)
  const id = urlOf(order).split('/').at(-1) ?? ''
  const { applicationId } = await env.db
    .selectFrom('acme_orders')
    .select('application_id as applicationId')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const { leaf, signer } = await makeLeaf(names, notAfter)
  const certificate = new X509Certificate(leaf.toString('pem'))
  const serial = BigInt(`0x${certificate.serialNumber}`).toString()
  await env.db.transaction().execute(async (trx) => {
    await insertCertificates(trx, [
      {
        serial,
        organisation: 'example',
        application_id: applicationId,
        common_name: names[0] ?? '',
        subject_dn: dn(names[0] ?? ''),
        names: [...names],
        profile_id: '11',
        spki_sha256: createHash('sha256')
          .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
          .digest('hex'),
        pem: certificate.toString(),
        chain_pem: '',
        status: 'valid',
        replaces_serial: null,
        not_before: new Date(certificate.validFrom),
        not_after: new Date(certificate.validTo),
        created_at: env.now(),
      },
    ])
    await trx
      .updateTable('applications')
      .set({ state: 'issued', certificate_serial: serial })
      .where('id', '=', applicationId)
      .execute()
  })
  const base64 = certificate.raw.toString('base64url')
  return { certificate: base64, id: idOf(leaf), serial, signer, applicationId: applicationId ?? '', order }
}
