/** Acts of the audit log in words. What this page does not know is shown as the log has it. */
import type { Bilingual } from '../../i18n/language.js'

const things: Record<string, Bilingual> = {
  application: { ja: '申請', en: 'Application' },
  approval: { ja: '継続的な承認', en: 'Lasting approval' },
  batch: { ja: 'ファイル', en: 'File' },
  report: { ja: '一括ダウンロードのファイル', en: 'Report' },
  certificate: { ja: '証明書', en: 'Certificate' },
  incident: { ja: '一括の計画', en: 'Bulk plan' },
  eab: { ja: 'EAB', en: 'EAB credential' },
  account: { ja: 'ACMEアカウント', en: 'ACME account' },
  order: { ja: 'ACMEオーダー', en: 'ACME order' },
  authorization: { ja: 'ACME認可', en: 'ACME authorization' },
  operator: { ja: '登録担当者', en: 'Operator' },
  department: { ja: '部局', en: 'Department' },
  subscriber: { ja: '利用管理者', en: 'Subscriber' },
  token: { ja: 'トークン', en: 'Token' },
  'upstream-eab': { ja: 'UPKIのEAB', en: 'EAB of UPKI' },
  webhook: { ja: 'Webhook', en: 'Webhook' },
  session: { ja: 'サインイン', en: 'Session' },
}

const acts: Record<string, Bilingual> = {
  accept: { ja: '受付', en: 'accepted' },
  agree: { ja: '規約に同意', en: 'terms agreed to' },
  approve: { ja: '承認', en: 'approved' },
  cancel: { ja: '取消', en: 'cancelled' },
  change: { ja: '変更', en: 'changed' },
  confirm: { ja: '実施', en: 'carried out' },
  'confirm-replaced': { ja: '更新を確認', en: 'replacement confirmed' },
  create: { ja: '作成', en: 'made' },
  deactivate: { ja: '停止', en: 'deactivated' },
  decide: { ja: '判断', en: 'decided' },
  disable: { ja: '停止', en: 'disabled' },
  delete: { ja: '削除', en: 'deleted' },
  end: { ja: '終了', en: 'ended' },
  enter: { ja: '登録', en: 'entered' },
  expired: { ja: '期限切れ', en: 'expired' },
  failed: { ja: '失敗', en: 'failed' },
  finalize: { ja: '確定', en: 'finalized' },
  'found-in-report': { ja: '一括ダウンロードで確認', en: 'found in the report' },
  give: { ja: '登録', en: 'entered' },
  'hand-out': { ja: '手渡し', en: 'handed out' },
  held: { ja: '保留', en: 'held' },
  issued: { ja: '発行', en: 'issued' },
  'key-change': { ja: '鍵の変更', en: 'key changed' },
  link: { ja: 'アカウントの結び付け', en: 'account linked' },
  'not-in-report': { ja: '一括ダウンロードに無し', en: 'not in the report' },
  plan: { ja: '計画', en: 'planned' },
  'put-back': { ja: '送信待ちに戻す', en: 'put back' },
  read: { ja: '閲覧', en: 'read' },
  refused: { ja: '受付不可', en: 'refused' },
  reject: { ja: '却下', en: 'rejected' },
  rejected: { ja: '却下', en: 'rejected' },
  renew: { ja: '延長', en: 'renewed' },
  replay: { ja: '送り直し', en: 'replayed' },
  replaced: { ja: '更新済', en: 'replaced' },
  revoke: { ja: '無効化・失効', en: 'revoked' },
  revoked: { ja: '失効済', en: 'revoked' },
  'rows-missing': { ja: '行が見つからない', en: 'rows missing' },
  seal: { ja: '作成', en: 'sealed' },
  'seen-live': { ja: '稼働を確認', en: 'seen in use' },
  start: { ja: '開始', en: 'started' },
  submitted: { ja: '送信', en: 'submitted' },
  take: { ja: '取り込み', en: 'taken' },
  unknown: { ja: '結果不明', en: 'outcome unknown' },
  update: { ja: '変更', en: 'changed' },
}

export function nameOfAction(action: string): Bilingual {
  const [thing = '', act = ''] = action.split('.')
  const [known, done] = [things[thing], acts[act]]
  if (!known || !done) return { ja: action, en: action }
  return { ja: `${known.ja}：${done.ja}`, en: `${known.en} ${done.en}` }
}

/** The API takes the beginning of a name, up to the dot. */
export const groupOptions = Object.entries(things).map(([thing, label]) => ({ value: `${thing}.`, label }))
