import type { Schemas } from '../../api/client.js'
import type { Bilingual } from '../../i18n/language.js'
import type { Tone } from '../../ui/state.js'

/** Source: docs/notices.md. */
const eventNames: Record<Schemas['EventType'], Bilingual> = {
  'application.received': { ja: '申請：受付', en: 'application received' },
  'application.needs-approval': { ja: '申請：承認待ち', en: 'application awaits approval' },
  'application.approved': { ja: '申請：承認', en: 'application approved' },
  'application.refused': { ja: '申請：却下・失敗', en: 'application refused or failed' },
  'application.cancelled': { ja: '申請：取消', en: 'application cancelled' },
  'application.submitted': { ja: '申請：送信', en: 'application submitted' },
  'application.held': { ja: '申請：保留', en: 'application held' },
  'application.revoked': { ja: '失効申請：完了', en: 'revocation done' },
  'certificate.issued': { ja: '証明書：発行', en: 'certificate issued' },
  'certificate.expiring': { ja: '証明書：期限が近い', en: 'certificate ends soon' },
  'certificate.replaced': { ja: '証明書：更新', en: 'certificate replaced' },
  'certificate.unconfirmed': { ja: '証明書：更新が未確認', en: 'replacement not confirmed' },
  'certificate.revoked': { ja: '証明書：失効', en: 'certificate revoked' },
  'certificate.expired': { ja: '証明書：期限切れ', en: 'certificate expired' },
  'approval.lapsing': { ja: '承認：期限が近い', en: 'approval lapses soon' },
  'eab.issued': { ja: 'UPKIのEAB：発行', en: 'EAB of UPKI issued' },
  'batch.sealed': { ja: 'ファイル：作成', en: 'file sealed' },
  'batch.handed-out': { ja: 'ファイル：手渡し', en: 'file handed out' },
  'batch.submitted': { ja: 'ファイル：送信', en: 'file submitted' },
  'batch.unknown': { ja: 'ファイル：結果不明', en: 'outcome of a file unknown' },
  'batch.refused': { ja: 'ファイル：受付不可', en: 'file refused' },
  'batch.attention': { ja: 'ファイル：判断待ち', en: 'file waits for a decision' },
  'batch.done': { ja: 'ファイル：完了', en: 'file done' },
  'webhook.disabled': { ja: 'Webhook：停止', en: 'webhook disabled' },
}

/** A gateway newer than this page may know more. */
export const nameOfEvent = (type: string): Bilingual =>
  (eventNames as Partial<Record<string, Bilingual>>)[type] ?? { ja: type, en: type }

export const eventOptions = Object.entries(eventNames).map(([value, label]) => ({ value, label }))

export const deliveryStates: Record<Schemas['WebhookDeliveryState'], { name: Bilingual; tone: Tone }> = {
  pending: { name: { ja: '送信待ち', en: 'Pending' }, tone: 'wait' },
  delivered: { name: { ja: '送信済', en: 'Delivered' }, tone: 'good' },
  failed: { name: { ja: '失敗', en: 'Failed' }, tone: 'bad' },
}
