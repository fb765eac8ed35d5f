/**
 * newAccount (RFC 8555 §7.3): a new account for an EAB credential, or the one that
 * the key has already. A known key needs no EAB, so a client that lost its files
 * but kept its key finds its account again.
 */
import { z } from 'zod'
import { newId } from '../../issuance/new-id.js'
import { ProblemError } from '../../problem/problem-error.js'
import { findAccountByKey, insertAccount } from '../../store/acme-accounts.js'
import { insertBinding } from '../../store/acme-bindings.js'
import type { AccountRow, EabCredentialRow } from '../../store/acme-tables.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import { checkContacts } from '../contact.js'
import type { AcmeEnvironment } from '../environment.js'
import { checkBindingPublic, openBinding, spend } from '../external-account-binding.js'
import { identityOf } from '../jws/account-key.js'
import { checkNotBlocked } from '../jws/blocked-key.js'
import { checkUnused } from '../jws/unused-key.js'
import { readPayload } from '../read-payload.js'
import type { KeyedCall } from '../serve.js'
import { checkAccountValid } from '../signed-request.js'
import { agreeAgain, mustAgree } from '../terms.js'
import { representAccount } from './account.js'

const schema = z.object({
  contact: z.array(z.string().max(1000)).max(100).default([]),
  termsOfServiceAgreed: z.boolean().default(false),
  onlyReturnExisting: z.boolean().default(false),
  externalAccountBinding: z.unknown().optional(),
})
type NewAccount = z.output<typeof schema>

interface Answering {
  trx: Transaction
  call: KeyedCall
}

const answer = async (
  { trx, call: { urls } }: Answering,
  account: AccountRow,
  status: number,
): Promise<Answer> => ({
  status,
  headers: { Location: urls.account(account.id) },
  body: await representAccount(trx, account, urls),
})

function answerExisting(answering: Answering, account: AccountRow): Promise<Answer> {
  checkAccountValid(account)
  return answer(answering, account, 200)
}

function checkTerms(
  { env }: AcmeEnvironment,
  { urls }: KeyedCall,
  { termsOfServiceAgreed }: NewAccount,
): void {
  const { termsOfService } = env.config.acme
  if (!termsOfService || termsOfServiceAgreed) return
  throw mustAgree(urls, termsOfService)
}

/** Whom an operator can ask: the one thing known of who registers without an EAB credential. */
function checkReachable({ contact }: NewAccount): void {
  if (contact.length > 0) return
  throw new ProblemError(
    'invalidContact',
    'Without an EAB credential a contact is needed: the operator who looks at the first order asks there',
    { ja: 'EABなしで登録する場合は、登録担当者が問い合わせるための連絡先が必要です。' },
  )
}

/** Undefined where an account may apply without a credential. */
async function bind(
  acme: AcmeEnvironment,
  trx: Transaction,
  call: KeyedCall,
  payload: NewAccount,
): Promise<EabCredentialRow | undefined> {
  const { externalAccountBinding: binding } = payload
  const mayApply = acme.env.config.organisations.some(({ accountsWithoutEab }) => accountsWithoutEab)
  if (binding === undefined && mayApply) {
    checkReachable(payload)
    return undefined
  }
  if (binding === undefined)
    throw new ProblemError(
      'externalAccountRequired',
      'Register with an EAB credential (kid and HMAC key); the registration authority operator gives one out',
      { ja: '登録担当者から受け取ったEAB（kidとHMAC鍵）を指定して登録してください。' },
    )
  const outer = { url: call.url, thumbprint: call.key.thumbprint }
  return openBinding(binding, outer, { trx, vault: acme.env.vault, now: acme.env.now() })
}

const toRow = (
  acme: AcmeEnvironment,
  { key, http }: KeyedCall,
  { contact, termsOfServiceAgreed }: NewAccount,
  credential: EabCredentialRow | undefined,
): AccountRow => {
  const now = acme.env.now()
  return {
    id: newId(),
    organisation: credential?.organisation ?? null,
    approval_id: credential?.approval_id ?? null,
    eab_kid: credential?.kid ?? null,
    thumbprint: key.thumbprint,
    spki_sha256: identityOf(key.jwk),
    jwk: key.jwk,
    status: 'valid',
    contact: checkContacts(contact),
    address: http.address ?? null,
    terms_agreed_at: termsOfServiceAgreed ? now : null,
    created_at: now,
    updated_at: now,
  }
}

export async function newAccount(acme: AcmeEnvironment, trx: Transaction, call: KeyedCall): Promise<Answer> {
  const payload = readPayload(schema, call.payload)
  checkBindingPublic(payload.externalAccountBinding)
  checkNotBlocked(call.key, acme.env.config.blockedKeys)
  const existing = await findAccountByKey(trx, call.key.thumbprint)
  if (existing)
    return answerExisting({ trx, call }, await agreeAgain(acme, trx, existing, payload.termsOfServiceAgreed))
  if (payload.onlyReturnExisting)
    throw new ProblemError('accountDoesNotExist', 'There is no account with this key', {
      ja: 'この鍵のアカウントはありません。',
    })
  await checkUnused(trx, call.key)
  checkTerms(acme, call, payload)
  const credential = await bind(acme, trx, call, payload)
  const account = await insertAccount(trx, toRow(acme, call, payload, credential))
  if (!account) return answerMadeMeanwhile(trx, call)
  if (credential) {
    await spend(trx, credential, acme.env.now())
    await insertBinding(trx, account.id, payload.externalAccountBinding)
  }
  await appendAudit(trx, [
    {
      at: account.created_at,
      actor: `account:${account.id}`,
      action: 'account.create',
      subject: account.id,
      detail: { organisation: account.organisation, eab: credential?.kid },
    },
  ])
  return answer({ trx, call }, account, 201)
}

/** The same request twice at once: the other made the account. */
async function answerMadeMeanwhile(trx: Transaction, call: KeyedCall): Promise<Answer> {
  const account = await findAccountByKey(trx, call.key.thumbprint)
  if (!account) throw new Error('An account was made and is not there')
  return answerExisting({ trx, call }, account)
}
