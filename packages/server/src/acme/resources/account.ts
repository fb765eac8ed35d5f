/** Account (RFC 8555 §7.3.2, §7.3.6): look, change the contacts, deactivate. */
import { z } from 'zod'
import { ProblemError } from '../../problem/problem-error.js'
import { stopAccount } from '../../issuance/stop-account.js'
import { findAccount, updateAccount } from '../../store/acme-accounts.js'
import { findBinding } from '../../store/acme-bindings.js'
import type { AccountRow } from '../../store/acme-tables.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import { checkContacts } from '../contact.js'
import type { AcmeEnvironment } from '../environment.js'
import { readPayload } from '../read-payload.js'
import type { AccountCall } from '../serve.js'
import type { Urls } from '../urls.js'

const schema = z.object({
  contact: z.array(z.string().max(1000)).max(100).optional(),
  status: z.unknown().optional(),
})

export async function representAccount(
  trx: Transaction,
  account: AccountRow,
  urls: Urls,
): Promise<Record<string, unknown>> {
  const binding = account.eab_kid === null ? undefined : await findBinding(trx, account.id)
  return {
    status: account.status,
    contact: account.contact,
    ...(account.terms_agreed_at ? { termsOfServiceAgreed: true } : {}),
    ...(binding ? { externalAccountBinding: binding } : {}),
    orders: urls.orders(account.id),
  }
}

/** An account sees itself only. */
export function checkOwn({ accountId, http }: AccountCall): void {
  if (http.params.id !== accountId)
    throw new ProblemError('unauthorized', 'This is the URL of another account', {
      ja: '別のアカウントのURLです。',
    })
}

type Change = Partial<Pick<AccountRow, 'status' | 'contact'>>

async function change(
  acme: AcmeEnvironment,
  trx: Transaction,
  id: string,
  { status, contact }: Change,
): Promise<AccountRow> {
  const now = acme.env.now()
  const actor = `account:${id}`
  if (status) return stopAccount(trx, id, { status: 'deactivated', actor, now })
  await appendAudit(trx, [{ at: now, actor, action: 'account.update', subject: id }])
  return updateAccount(trx, id, { contact, updated_at: now })
}

export async function account(acme: AcmeEnvironment, trx: Transaction, call: AccountCall): Promise<Answer> {
  checkOwn(call)
  const { contact, status } = readPayload(schema, call.payload ?? {})
  // RFC 8555 §7.3.2: any other status is ignored, as clients send back the whole account.
  const to: Change =
    status === 'deactivated' ? { status } : contact ? { contact: checkContacts(contact) } : {}
  const row =
    Object.keys(to).length > 0
      ? await change(acme, trx, call.accountId, to)
      : await findAccount(trx, call.accountId)
  if (!row) throw new Error('An admitted account is not there')
  const body = await representAccount(trx, row, call.urls)
  return { body, headers: { Location: call.urls.account(row.id) } }
}
