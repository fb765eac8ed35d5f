/**
 * revokeCert (RFC 8555 §7.6): by the account that ordered the certificate, by one that
 * is authorized for all its names, or by the certificate's own key.
 *
 * It becomes an application of kind `server-revoke`; nobody has to approve that a
 * holder gives a certificate up.
 */
import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { applyForRevocations } from '../../issuance/revoke-certificates.js'
import { findAuthorizedNames } from '../../store/acme-authorizations.js'
import { findAccount } from '../../store/acme-accounts.js'
import { hasOrderOf } from '../../store/acme-orders.js'
import { findApproval } from '../../store/approvals.js'
import { appendAudit } from '../../store/audit.js'
import { listBySerial, lockCertificates } from '../../store/certificates.js'
import type { Transaction } from '../../store/database.js'
import { findRevocations } from '../../store/inventory.js'
import type { CertificateRow } from '../../store/tables.js'
import { isLive } from '../../policy/approval.js'
import { ProblemError } from '../../problem/problem-error.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { decodeBase64url } from '../jws/base64url.js'
import { malformed } from '../jws/flattened-jws.js'
import { checkNoPrivateBytes } from '../jws/private-key.js'
import { notYours } from '../not-yours.js'
import { readPayload } from '../read-payload.js'
import type { KeyedCall } from '../serve.js'

const schema = z.object({ certificate: z.string().max(20_000), reason: z.int().default(0) })

/** RFC 5280 §5.3.1, as far as the service takes them. Source: docs/upki-tsv.md, column 5. */
const reasons = [0, 1, 3, 4, 5]

function checkReason(reason: number): void {
  if (reasons.includes(reason)) return
  throw new ProblemError(
    'badRevocationReason',
    'The reason is 0 (unspecified), 1 (keyCompromise), 3 (affiliationChanged), 4 (superseded) or 5 (cessationOfOperation)',
    { ja: '失効理由は 0、1、3、4、5 のいずれかを指定してください。' },
  )
}

function readCertificate(text: string): X509Certificate {
  const der = decodeBase64url(text)
  checkNoPrivateBytes(der ?? Buffer.from(text))
  try {
    // RFC 8555 §7.6: the DER and nothing else; the parser would take PEM as well, or bytes behind the DER.
    const certificate = der && new X509Certificate(der)
    if (certificate?.raw.equals(der ?? Buffer.alloc(0))) return certificate
  } catch (cause) {
    throw malformed('The certificate cannot be read', '証明書を読み取れません。', cause)
  }
  throw malformed(
    'The certificate is the DER in base64url without padding (RFC 8555 §7.6)',
    'certificateは、証明書のDERをパディングなしのbase64urlにしたものです（RFC 8555 §7.6）。',
  )
}

/** Ours only when it is the same to the last bit: a precertificate has the same serial. */
async function lockOurs(trx: Transaction, certificate: X509Certificate): Promise<CertificateRow> {
  const known = await listBySerial(trx, BigInt(`0x${certificate.serialNumber}`).toString())
  const ours = known.find(({ pem }) => new X509Certificate(pem).raw.equals(certificate.raw))
  const [row] = ours ? await lockCertificates(trx, ours.organisation, [ours.serial]) : []
  if (row) return row
  throw notYours('certificate')
}

/** Whether the account may order all these names today: RFC 8555 §7.6, second case. */
async function isAuthorizedFor(
  acme: AcmeEnvironment,
  trx: Transaction,
  accountId: string,
  { organisation, names }: CertificateRow,
): Promise<boolean> {
  const now = acme.env.now()
  const account = await findAccount(trx, accountId)
  if (account?.organisation !== organisation) return false
  const approval = account.approval_id ? await findApproval(trx, account.approval_id) : undefined
  if (approval && !isLive(approval, now)) return false
  // To have applied for a name is no authority over it.
  const bases = approval ? (['approval', 'challenge'] as const) : (['challenge'] as const)
  const authorized = await findAuthorizedNames(trx, accountId, names, { now, bases })
  return names.length > 0 && names.every((name) => authorized.has(name))
}

async function mayRevoke(
  acme: AcmeEnvironment,
  trx: Transaction,
  { accountId, key }: KeyedCall,
  certificate: CertificateRow,
): Promise<boolean> {
  if (accountId === undefined) return new X509Certificate(certificate.pem).publicKey.equals(key.key)
  if (certificate.application_id && (await hasOrderOf(trx, accountId, certificate.application_id)))
    return true
  return isAuthorizedFor(acme, trx, accountId, certificate)
}

/** A revocation that waits for an operator may be rejected yet, and keeps no holder from giving the certificate up. */
async function isRevoking(
  trx: Transaction,
  { organisation, serial, status }: CertificateRow,
): Promise<boolean> {
  if (status === 'revoked') return true
  const revocations = await findRevocations(trx, { organisation, serials: [serial], withWaiting: false })
  return revocations.size > 0
}

async function checkRevocable(trx: Transaction, certificate: CertificateRow, now: Date): Promise<void> {
  if (await isRevoking(trx, certificate))
    throw new ProblemError('alreadyRevoked', 'The certificate is revoked, or its revocation is under way', {
      ja: '証明書は失効済みか、失効申請中です。',
    })
  // The service takes no revocation of what has ended by itself.
  if (certificate.not_after <= now)
    throw malformed(
      'The certificate has expired; there is nothing left to revoke',
      '証明書は有効期限が切れているため、失効の必要はありません。',
    )
}

async function apply(
  acme: AcmeEnvironment,
  trx: Transaction,
  certificate: CertificateRow,
  { reason, actor }: { reason: number; actor: string },
): Promise<void> {
  const { serial, organisation } = certificate
  const [application] = await applyForRevocations(acme.env, trx, {
    organisation,
    serials: [serial],
    reason: String(reason),
    actor,
    approved: true,
  })
  if (!application) throw new Error('A certificate that can be revoked was passed over')
  const detail = { reason, application: application.id, organisation }
  await appendAudit(trx, [
    { at: acme.env.now(), actor, action: 'certificate.revoke', subject: serial, detail },
  ])
}

export async function revokeCert(acme: AcmeEnvironment, trx: Transaction, call: KeyedCall): Promise<Answer> {
  const payload = readPayload(schema, call.payload)
  const certificate = await lockOurs(trx, readCertificate(payload.certificate))
  if (!(await mayRevoke(acme, trx, call, certificate)))
    throw new ProblemError(
      'unauthorized',
      'Sign with the account that ordered the certificate, one authorized for all its names, or its own key',
      {
        ja: 'この証明書を失効できるのは、注文したアカウント、全ての名前の認可を持つアカウント、または証明書の鍵だけです。',
      },
    )
  await checkRevocable(trx, certificate, acme.env.now())
  checkReason(payload.reason)
  const actor = call.accountId ? `account:${call.accountId}` : `certificate:${certificate.serial}`
  await apply(acme, trx, certificate, { reason: payload.reason, actor })
  return { body: {}, afterCommit: () => acme.env.ring('assemble') }
}
