/**
 * An ACME account ends, by its own word or an operator's. What waits for an operator or in the queue is stopped too;
 * a sealed batch goes on (RFC 8555 §7.3.6).
 */
import { updateAccount } from '../store/acme-accounts.js'
import { deactivateAuthorizations } from '../store/acme-authorizations.js'
import { endOrders, stopQueued } from '../store/acme-orders.js'
import type { AccountRow } from '../store/acme-tables.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { Failure } from './states.js'

const stoppedBy: Record<'deactivated' | 'revoked', Failure> = {
  deactivated: {
    message: { en: 'The ACME account was deactivated.', ja: 'ACMEアカウントが無効化されました。' },
    remedy: {
      en: 'Register another account and apply again.',
      ja: '別のアカウントを登録して、申請し直してください。',
    },
  },
  revoked: {
    message: {
      en: 'The ACME account was deactivated by an operator.',
      ja: 'ACMEアカウントが登録担当者により無効化されました。',
    },
    remedy: {
      en: 'Ask the registration authority operator for a new EAB credential.',
      ja: '登録担当者に新しいEABを依頼してください。',
    },
  },
}

/** RFC 8555 §7.1.6: `deactivated` by the client, `revoked` by the server. */
export interface Stop {
  status: 'deactivated' | 'revoked'
  actor: string
  now: Date
}

export async function stopAccount(
  trx: Transaction,
  id: string,
  { status, actor, now }: Stop,
): Promise<AccountRow> {
  const failure = stoppedBy[status]
  const record = { at: now, actor }
  await deactivateAuthorizations(trx, id)
  await endOrders(trx, id, { problem: 'unauthorized', detail: failure.message })
  const stopped = await stopQueued(trx, id, failure, now)
  await appendAudit(trx, [
    { ...record, action: 'account.deactivate', subject: id },
    ...stopped.map((subject) => ({ ...record, action: 'application.rejected', subject })),
  ])
  return updateAccount(trx, id, { status, updated_at: now })
}
