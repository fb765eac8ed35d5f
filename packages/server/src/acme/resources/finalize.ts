/**
 * Finalize (RFC 8555 §7.4): from an order and its CSR to an application, at most one.
 *
 * Answers at once; the issuing goes on behind. The same CSR again gets the same
 * answer; another CSR is refused, since it would be a second application.
 */
import type { ApplicationInput } from '@upki-gateway/shared/application'
import type { Csr } from '@upki-gateway/shared/csr'
import { renderDnsNames } from '@upki-gateway/shared/identifier'
import { z } from 'zod'
import { acceptApplications } from '../../issuance/accept-applications.js'
import { coversNames } from '../../policy/approval.js'
import { ProblemError } from '../../problem/problem-error.js'
import { findAccount } from '../../store/acme-accounts.js'
import { findAuthorizedNames } from '../../store/acme-authorizations.js'
import { finalizeOrder, findOrder, lockOrder, type OrderView } from '../../store/acme-orders.js'
import type { AccountRow } from '../../store/acme-tables.js'
import { findApproval } from '../../store/approvals.js'
import { appendAudit } from '../../store/audit.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import { checkKeyApart, checkNames, chooseCommonName, readCsr } from '../orders/csr-of-order.js'
import { refuseFindings } from '../orders/csr-demands.js'
import { orderStatus } from '../orders/order-status.js'
import { liveApprovalOf } from '../orders/standing.js'
import { answerOrder } from '../orders/represent-order.js'
import { type ProfileName, profiles } from '../profiles.js'
import { readPayload } from '../read-payload.js'
import { retryAfterSeconds } from '../retry-after.js'
import type { AccountCall } from '../serve.js'
import { viewpointOf } from './order.js'

const schema = z.object({ csr: z.string().max(20_000) })

/** From now on the order is there as long as its certificate: 398 days is the longest there ever was. */
const KEPT_MS = 400 * 86_400_000

function refuseOtherCsr(order: OrderView, now: Date): never {
  const status = orderStatus(order, now)
  const wait = order.finalized_at ? retryAfterSeconds(order.finalized_at, now) : undefined
  if (status === 'processing')
    throw new ProblemError(
      'orderNotReady',
      'The order is being processed with another CSR, which cannot be changed any more; wait for its certificate, or request a new order when it has ended',
      {
        ja: 'このオーダーは別のCSRで処理中です。CSRは変更できません。発行を待つか、終了後に新しいオーダーを作成してください。',
        retryAfterSeconds: wait,
      },
    )
  throw new ProblemError('orderNotReady', `The order is ${status} with another CSR; request a new order`, {
    ja: 'このオーダーは別のCSRで終了しています。新しいオーダーを作成してください。',
  })
}

function checkReady(order: OrderView, now: Date): void {
  const status = orderStatus(order, now)
  if (status === 'ready') return
  throw new ProblemError('orderNotReady', `The order is ${status}; only one that is ready can be finalized`, {
    ja: `このオーダーは「${status}」の状態です。「ready」のオーダーだけを確定できます。`,
  })
}

/** RFC 8555 §7.4: an authorization by challenge may have run out, or been given up, since the order was made. */
async function checkAuthorized({ env }: AcmeEnvironment, trx: Transaction, order: OrderView): Promise<void> {
  const authorized = await findAuthorizedNames(trx, order.account_id, order.names, {
    now: env.now(),
    bases: ['approval', 'challenge', 'application'],
  })
  const missing = order.names.filter((name) => !authorized.has(name))
  if (missing.length === 0) return
  throw new ProblemError(
    'orderNotReady',
    `The authorization of ${missing.join(', ')} has ended; request a new order`,
    { ja: `${missing.join(', ')} の認可が終了しています。新しいオーダーを作成してください。` },
  )
}

/** Of an account without an approval: whoever registered it answers for the server. */
const mailOf = ({ contact }: AccountRow): string | undefined => contact[0]?.replace(/^mailto:/, '')

/** An account without an EAB credential is known by what an operator approved, and by nothing else. */
async function needsOperator(
  acme: AcmeEnvironment,
  trx: Transaction,
  order: OrderView,
  account: AccountRow,
): Promise<boolean> {
  if (acme.env.organisation(order.organisation).orderApproval === 'manual') return true
  if (account.eab_kid !== null) return false
  const approval = await liveApprovalOf(acme, trx, account)
  return approval === undefined || !coversNames(approval, order.names)
}

/** What the client, the order and the approval each know of the application. */
async function toInput(
  trx: Transaction,
  order: OrderView,
  account: AccountRow,
  csr: Csr,
): Promise<ApplicationInput> {
  const approval = account.approval_id ? await findApproval(trx, account.approval_id) : undefined
  const { name, department, email } = approval?.subscriber ?? { email: mailOf(account) }
  return {
    kind: 'server',
    fields: {
      csr: Buffer.from(csr.der).toString('base64'),
      fqdn: chooseCommonName(csr, order.names),
      dnsNames: renderDnsNames(order.names),
      profileId: order.profile ? profiles[order.profile as ProfileName].profileId : undefined,
      software: order.software,
      subscriberName: name,
      subscriberDepartment: department,
      subscriberEmail: email,
    },
  }
}

async function apply(acme: AcmeEnvironment, trx: Transaction, order: OrderView, csr: Csr): Promise<void> {
  const { env } = acme
  const account = await findAccount(trx, order.account_id)
  if (!account) throw new Error('An admitted account is not there')
  checkNames(csr, order.names)
  checkKeyApart(csr, account.spki_sha256)
  const outcome = await acceptApplications(env, trx, {
    organisation: order.organisation,
    inputs: [await toInput(trx, order, account, csr)],
    actor: `account:${account.id}`,
    approvalId: account.approval_id,
    needsOperator: await needsOperator(acme, trx, order, account),
  })
  const [application] = outcome.accepted ? outcome.applications : []
  if (!application) refuseFindings(outcome.findings, order, csr, env.organisation(order.organisation))
  const now = env.now()
  await finalizeOrder(trx, order.id, {
    application_id: application.id,
    csr_sha256: csr.sha256,
    expires_at: new Date(now.getTime() + KEPT_MS),
  })
  await appendAudit(trx, [
    {
      at: now,
      actor: `account:${account.id}`,
      action: 'order.finalize',
      subject: order.id,
      detail: { application: application.id },
    },
  ])
}

export async function finalize(acme: AcmeEnvironment, trx: Transaction, call: AccountCall): Promise<Answer> {
  const csr = readCsr(readPayload(schema, call.payload).csr)
  const { env } = acme
  const id = call.http.params.id ?? ''
  const order = await lockOrder(trx, call.accountId, id)
  if (!order) throw notYours('order')
  const view = viewpointOf(acme, call, order.organisation)
  if (order.csr_sha256 === csr.sha256) return answerOrder(order, view)
  if (order.csr_sha256 !== null) refuseOtherCsr(order, env.now())
  checkReady(order, env.now())
  await checkAuthorized(acme, trx, order)
  await apply(acme, trx, order, csr)
  const finalized = await findOrder(trx, call.accountId, id)
  return { ...answerOrder(finalized ?? order, view), afterCommit: () => env.ring('assemble') }
}
