/**
 * Key change (RFC 8555 §7.3.5): the old key signs, as payload, what the new key signed.
 *
 * Of two changes at once one wins; what the old key signs afterwards is refused.
 */
import { z } from 'zod'
import { ProblemError } from '../../problem/problem-error.js'
import { changeKey, findAccountByKey, lockAccount } from '../../store/acme-accounts.js'
import type { AccountRow } from '../../store/acme-tables.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { type AccountKey, identityOf, readAccountKey, thumbprintOf } from '../jws/account-key.js'
import { checkNotBlocked } from '../jws/blocked-key.js'
import { checkUnused } from '../jws/unused-key.js'
import { type FlattenedJws, malformed, parseJson, readFlattenedJws } from '../jws/flattened-jws.js'
import { checkNoPrivateBytes } from '../jws/private-key.js'
import { unsupportedAlgorithm } from '../jws/protected-header.js'
import { isSignedBy } from '../jws/verify-signature.js'
import { readPayload } from '../read-payload.js'
import type { AccountCall } from '../serve.js'
import { keyWasChanged } from '../signed-request.js'
import { representAccount } from './account.js'

const schema = z.object({ account: z.string(), oldKey: z.record(z.string(), z.unknown()) })

function checkInnerHeader({ header }: FlattenedJws, { url }: AccountCall, key: AccountKey): void {
  if (header.alg !== key.algorithm)
    throw unsupportedAlgorithm(
      `The new key signs with ${key.algorithm}`,
      `新しい鍵の署名アルゴリズムは${key.algorithm}です。`,
    )
  if (header.kid !== undefined)
    throw malformed('The inner JWS needs jwk instead of kid', '内側のJWSにはkidではなくjwkが必要です。')
  if (header.nonce !== undefined)
    throw malformed('The inner JWS has no nonce of its own', '内側のJWSにnonceを入れないでください。')
  if (header.url !== url)
    throw malformed(
      'The url of the inner JWS is not that of the request',
      '内側のJWSのurlがリクエストのurlと一致しません。',
    )
}

/** What the inner JWS says of the account must be what the outer one proves. */
async function checkStatement({ payloadBytes }: FlattenedJws, call: AccountCall): Promise<void> {
  const { account, oldKey } = readPayload(
    schema,
    parseJson(payloadBytes, { en: 'payload of the inner JWS', ja: '内側のJWSのpayload' }),
  )
  if (account !== call.urls.account(call.accountId))
    throw malformed(
      'The account of the inner JWS is not the one that signs the request',
      '内側のJWSのaccountが、リクエストに署名したアカウントと異なります。',
    )
  if ((await thumbprintOf(oldKey)) !== call.key.thumbprint)
    throw malformed(
      'The oldKey of the inner JWS is not the key that signs the request',
      '内側のJWSのoldKeyが、リクエストに署名した鍵と異なります。',
    )
}

/** The new key, shown to be in the hands of whoever asks. @throws ProblemError malformed or badPublicKey */
async function readNewKey(call: AccountCall): Promise<AccountKey> {
  const inner = readFlattenedJws(call.payload)
  checkNoPrivateBytes(inner.payloadBytes)
  const key = await readAccountKey(inner.header.jwk)
  checkInnerHeader(inner, call, key)
  if (!isSignedBy(inner, key))
    throw malformed('The inner JWS is not signed by the new key', '内側のJWSが新しい鍵で署名されていません。')
  await checkStatement(inner, call)
  return key
}

function refuseTaken(holder: AccountRow, { urls }: AccountCall): never {
  throw new ProblemError('malformed', 'An account has this key already; make another key', {
    // RFC 8555 §7.3.5 fixes status and header.
    status: 409,
    ja: 'この鍵は既にアカウントで使われています。別の鍵を作ってください。',
    headers: { Location: urls.account(holder.id) },
  })
}

export async function keyChange(acme: AcmeEnvironment, trx: Transaction, call: AccountCall): Promise<Answer> {
  const key = await readNewKey(call)
  checkNotBlocked(key, acme.env.config.blockedKeys)
  const account = await lockAccount(trx, call.accountId)
  if (account?.thumbprint !== call.key.thumbprint) throw keyWasChanged()
  const holder = await findAccountByKey(trx, key.thumbprint)
  if (holder) refuseTaken(holder, call)
  await checkUnused(trx, key)
  const now = acme.env.now()
  const { jwk, thumbprint } = key
  const changed = await changeKey(trx, account.id, { jwk, thumbprint, spki_sha256: identityOf(jwk) }, now)
  const detail = { from: account.thumbprint, to: thumbprint }
  await appendAudit(trx, [
    { at: now, actor: `account:${account.id}`, action: 'account.key-change', subject: account.id, detail },
  ])
  return {
    body: await representAccount(trx, changed, call.urls),
    headers: { Location: call.urls.account(account.id) },
    afterCommit: () => acme.keys.delete(account.id),
  }
}
