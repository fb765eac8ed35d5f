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
import type { Admitted } from '../../store/acme-admissions.js'
import {
  finalizeOrder,
  lockToFinalize,
  type OrderToFinalize,
  type OrderView,
} from '../../store/acme-orders.js'
import type { AccountRow } from '../../store/acme-tables.js'
import type { Transaction } from '../../store/database.js'
import type { Answer } from '../answer.js'
import type { AcmeEnvironment } from '../environment.js'
import { notYours } from '../not-yours.js'
import { checkKeyApart, checkNames, chooseCommonName, readCsr } from '../orders/csr-of-order.js'
import { refuseFindings } from '../orders/csr-demands.js'
import { orderStatus } from '../orders/order-status.js'
import { liveApprovalOf } from '../orders/standing.js'
import { answerOrder } from '../orders/represent-order.js'
import { checkProfile, type ProfileName, profiles } from '../profiles.js'
import { readPayload } from '../read-payload.js'
import { retryAfterSeconds } from '../retry-after.js'
import type { AdmittedCall } from '../serve.js'
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

const bases = ['approval', 'challenge', 'application'] as const

/** RFC 8555 §7.4: an authorization by challenge may have run out, or been given up, since the order was made. */
function checkAuthorized({ names, authorized_names: authorized }: OrderToFinalize): void {
  const missing = names.filter((name) => !authorized.includes(name))
  if (missing.length === 0) return
  throw new ProblemError(
    'orderNotReady',
    `The authorization of ${missing.join(', ')} has ended; request a new order`,
    { ja: `${missing.join(', ')} の認可が終了しています。新しいオーダーを作成してください。` },
  )
}

/** Of an account without an approval: whoever registered it answers for the server. */
const mailOf = ({ contact }: AccountRow): string | undefined => contact[0]?.replace(/^mailto:/, '')

/** An account is known by what an operator approved, and by nothing else; its approval may have ended since it ordered. */
function needsOperator(acme: AcmeEnvironment, order: OrderView, admitted: Admitted): boolean {
  if (acme.env.organisation(order.organisation).orderApproval === 'manual') return true
  const approval = liveApprovalOf(acme, admitted)
  return approval === undefined || !coversNames(approval, order.names)
}

/** What the client, the order and the approval each know of the application. */
function toInput(order: OrderView, { account, approval }: Admitted, csr: Csr): ApplicationInput {
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

interface ToApply {
  order: OrderToFinalize
  csr: Csr
  by: Admitted
}

/** @throws ProblemError with what the check finds wrong */
async function apply(acme: AcmeEnvironment, trx: Transaction, { order, csr, by }: ToApply) {
  const { env } = acme
  checkNames(csr, order.names)
  checkKeyApart(order)
  const outcome = await acceptApplications(env, trx, {
    organisation: order.organisation,
    inputs: [toInput(order, by, csr)],
    actor: `account:${by.account.id}`,
    approval: by.approval ?? null,
    needsOperator: needsOperator(acme, order, by),
  })
  const [application] = outcome.accepted ? outcome.applications : []
  if (!application) refuseFindings(outcome.findings, order, csr, env.organisation(order.organisation))
  return application
}

/** @returns the order as it is then */
async function applyFor(acme: AcmeEnvironment, trx: Transaction, toApply: ToApply): Promise<OrderView> {
  const { order, csr, by } = toApply
  const { id, state } = await apply(acme, trx, toApply)
  const now = acme.env.now()
  const change = {
    application_id: id,
    csr_sha256: csr.sha256,
    expires_at: new Date(now.getTime() + KEPT_MS),
  }
  await finalizeOrder(trx, order.id, change, {
    at: now,
    actor: `account:${by.account.id}`,
    action: 'order.finalize',
    subject: order.id,
    detail: { application: id },
  })
  return { ...order, ...change, stage: 'finalized', application_state: state, finalized_at: now }
}

export async function finalize(acme: AcmeEnvironment, trx: Transaction, call: AdmittedCall): Promise<Answer> {
  const csr = readCsr(readPayload(schema, call.payload).csr)
  const { env } = acme
  const key = { accountId: call.accountId, id: call.http.params.id ?? '' }
  const order = await lockToFinalize(trx, key, { now: env.now(), bases, key: csr.keyIdentity })
  if (!order) throw notYours('order')
  const view = viewpointOf(acme, call, order.organisation)
  if (order.csr_sha256 === csr.sha256) return answerOrder(order, view)
  if (order.csr_sha256 !== null) refuseOtherCsr(order, env.now())
  checkReady(order, env.now())
  checkAuthorized(order)
  // Of a profile that the organisation had when the order was made (draft-ietf-acme-profiles §4).
  if (order.profile !== null) checkProfile(order.profile, env.organisation(order.organisation))
  const finalized = await applyFor(acme, trx, { order, csr, by: call })
  return { ...answerOrder(finalized, view), afterCommit: () => env.ring('assemble') }
}
