/**
 * Terms of service that an account has to agree to, and to agree to again when they changed (RFC 8555 §7.3.3).
 *
 * An update of the account cannot do that (§7.3.2): it is done by newAccount with the key of the account.
 */
import { ProblemError } from '../problem/problem-error.js'
import { updateAccount } from '../store/acme-accounts.js'
import type { AccountRow } from '../store/acme-tables.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { AcmeEnvironment } from './environment.js'
import { linkHeader, type Urls } from './urls.js'

/** RFC 8555 §7.3.3: the terms in a link, and in `instance` a page that tells a person how to agree. */
export function mustAgree(urls: Urls, termsOfService: string): ProblemError {
  const instance = urls.help('terms')
  return new ProblemError(
    'userActionRequired',
    `Agree to the terms of service first: ${termsOfService}; see ${instance}`,
    {
      ja: `利用規約に同意してください: ${termsOfService} 手順: ${instance}`,
      members: { instance },
      headers: { Link: linkHeader(urls, { 'terms-of-service': termsOfService }) },
    },
  )
}

/** Of an account from before there were terms, or from before they changed. */
function isOutdated({ env }: AcmeEnvironment, { terms_agreed_at: agreedAt }: AccountRow): boolean {
  const { termsOfService, termsChangedAt } = env.config.acme
  if (termsOfService === undefined || termsChangedAt === undefined) return false
  return agreedAt === null || agreedAt < termsChangedAt
}

/** @throws ProblemError userActionRequired */
export function checkAgreed(acme: AcmeEnvironment, account: AccountRow, urls: Urls): void {
  if (isOutdated(acme, account)) throw mustAgree(urls, acme.env.config.acme.termsOfService ?? '')
}

export async function agreeAgain(
  acme: AcmeEnvironment,
  trx: Transaction,
  account: AccountRow,
  agreed: boolean,
): Promise<AccountRow> {
  if (!agreed || account.status !== 'valid' || !isOutdated(acme, account)) return account
  const now = acme.env.now()
  const { id } = account
  await appendAudit(trx, [{ at: now, actor: `account:${id}`, action: 'account.agree', subject: id }])
  return updateAccount(trx, id, { terms_agreed_at: now, updated_at: now })
}
