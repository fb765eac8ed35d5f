/**
 * The word of a client or an operator that a replaced certificate is no longer served: only then is it
 * revoked, with reason 4 (superseded). Source: docs/issuance-cycle.md, step 11.
 */
import { ProblemError } from '../problem/problem-error.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import { markConfirmed } from '../store/inventory.js'
import type { CertificateRow } from '../store/tables.js'
import type { Environment } from './ports/environment.js'
import { applyForRevocations } from './revoke-certificates.js'

const SUPERSEDED = '4'

const notReplaced = ({ status }: CertificateRow): ProblemError =>
  new ProblemError(
    'conflict',
    `The certificate is ${status}; only one that was replaced can be confirmed so`,
    {
      ja: `この証明書は「${status}」の状態です。更新によって置き換えられた証明書だけが確認できます。`,
    },
  )

/**
 * Confirming twice changes nothing. The caller rings `assemble` after its commit.
 * @param certificate the old one
 * @throws ProblemError conflict when nothing has replaced it
 */
export async function confirmReplacement(
  env: Environment,
  trx: Transaction,
  certificate: CertificateRow,
  actor: string,
): Promise<void> {
  const now = env.now()
  const { serial, organisation, status } = certificate
  if (status === 'valid') throw notReplaced(certificate)
  if (!(await markConfirmed(trx, certificate, { now, by: actor }))) return
  await appendAudit(trx, [{ at: now, actor, action: 'certificate.confirm-replaced', subject: serial }])
  const terms = { reason: SUPERSEDED, actor, approved: true }
  await applyForRevocations(env, trx, { organisation, serials: [serial], ...terms })
}
