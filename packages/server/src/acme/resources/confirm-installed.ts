/**
 * The word of a client that it saw its new certificate on the wire: the one it
 * replaced is no longer served and can be revoked. An extension, named in the
 * order's `upki` object. Source: docs/acme-divergences.md, "Confirming an installation".
 */
import { z } from 'zod'
import { confirmReplacement } from '../../issuance/confirm-replacement.js'
import { ProblemError } from '../../problem/problem-error.js'
import { lockOrder } from '../../store/acme-orders.js'
import { appendAudit } from '../../store/audit.js'
import { findCertificate, lockCertificates } from '../../store/certificates.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import { readPayload } from '../read-payload.js'
import type { AccountCall } from '../serve.js'
import type { Transaction } from '../../store/database.js'

const schema = z.object({ seenLive: z.literal(true) })

/** Done twice it answers the same and changes nothing. */
export async function confirmInstalled(
  acme: AcmeEnvironment,
  trx: Transaction,
  call: AccountCall,
): Promise<Answer> {
  readPayload(schema, call.payload)
  const { env } = acme
  const order = await lockOrder(trx, call.accountId, call.http.params.id ?? '')
  if (!order) throw notYours('order')
  const { certificate_serial: serial, organisation } = order
  const certificate = serial ? await findCertificate(trx, { organisation, serial }) : undefined
  if (!certificate) throw notIssued
  const actor = `account:${call.accountId}`
  const replaced = certificate.replaces_serial ? [certificate.replaces_serial] : []
  const [old] = await lockCertificates(trx, organisation, replaced)
  const wasConfirmed = Boolean(old?.replacement_confirmed_at)
  const isReplaced = wasConfirmed || old?.status === 'replaced'
  if (old && isReplaced && !wasConfirmed) {
    await appendAudit(trx, [
      { at: env.now(), actor, action: 'certificate.seen-live', subject: certificate.serial },
    ])
    await confirmReplacement(env, trx, old, actor)
  }
  return {
    body: { seenLive: true, ...(old && isReplaced ? { replaced: old.serial } : {}) },
    afterCommit: () => env.ring('assemble'),
  }
}

const notIssued = new ProblemError(
  'orderNotReady',
  'The order has no certificate that could have been seen',
  {
    ja: 'このオーダーの証明書はまだありません。',
  },
)
