/** Where an order stands, in words. States: docs/architecture.md, "Words". */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Order } from '../../acme/schemas.js'
import { printable } from '../../terminal/printable.js'

const applicationStates: Record<string, Bilingual> = {
  received: { en: 'received by the gateway', ja: 'ゲートウェイが受け付けました' },
  'awaiting-approval': { en: 'waiting for the operator to approve', ja: '登録担当者の承認待ち' },
  queued: { en: 'queued for the next file of applications', ja: '次の申請ファイルの順番待ち' },
  batched: { en: 'in a file of applications', ja: '申請ファイルに入りました' },
  submitting: { en: 'being uploaded to the issuance system', ja: '発行支援システムへ送信中' },
  submitted: { en: 'with the issuance system', ja: '発行支援システムで処理中' },
  unknown: { en: 'sent; being looked up at the issuance system', ja: '送信済み。発行支援システムで照合中' },
  held: { en: 'held by the CA for review', ja: '認証局が審査のため保留中' },
  issued: { en: 'issued', ja: '発行済み' },
}

const orderStates: Record<Order['status'], Bilingual> = {
  pending: { en: 'names not yet accepted', ja: '名前の承認待ち' },
  ready: { en: 'ready to be finalized', ja: '申請の準備完了' },
  processing: { en: 'being worked on', ja: '処理中' },
  valid: { en: 'issued', ja: '発行済み' },
  invalid: { en: 'ended without a certificate', ja: '証明書なしで終了' },
}

/** @param fault why the last look told nothing: the server is away, or busy */
export function describeState(order: Order | undefined, fault?: Error): Bilingual {
  if (fault) return unreachable(fault)
  if (!order) return orderStates.processing
  const { state, detail } = order.upki ?? {}
  const known = state && Object.hasOwn(applicationStates, state) ? applicationStates[state] : undefined
  const base = known ?? orderStates[order.status]
  return detail ? withDetail(base, printable(detail, 200)) : base
}

const withDetail = (base: Bilingual, detail: string): Bilingual => ({
  en: `${base.en} (${detail})`,
  ja: `${base.ja} (${detail})`,
})

const unreachable = (fault: Error): Bilingual => ({
  en: `the server gives no answer now (${printable(fault.message, 120)}); trying again`,
  ja: `サーバから応答がありません (${printable(fault.message, 120)})。再試行します`,
})
