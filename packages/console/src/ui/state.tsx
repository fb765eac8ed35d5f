/** States in words, and how urgent they look: colour never says it alone. */
import type { Schemas } from '../api/client.js'
import { type Bilingual, useWords } from '../i18n/language.js'

type ApplicationState = Schemas['ApplicationState']
export type Tone = 'wait' | 'work' | 'good' | 'bad' | 'over'

interface StateWords {
  name: Bilingual
  tone: Tone
}

export const applicationStates: Record<ApplicationState, StateWords> = {
  received: { name: { ja: '受付', en: 'Received' }, tone: 'work' },
  refused: { name: { ja: '受付不可', en: 'Refused' }, tone: 'bad' },
  'awaiting-approval': { name: { ja: '承認待ち', en: 'Awaiting approval' }, tone: 'wait' },
  rejected: { name: { ja: '却下', en: 'Rejected' }, tone: 'over' },
  cancelled: { name: { ja: '取消', en: 'Cancelled' }, tone: 'over' },
  queued: { name: { ja: '送信待ち', en: 'Queued' }, tone: 'work' },
  batched: { name: { ja: 'ファイル作成済', en: 'Batched' }, tone: 'work' },
  submitting: { name: { ja: '送信中', en: 'Submitting' }, tone: 'work' },
  submitted: { name: { ja: '発行待ち', en: 'Submitted' }, tone: 'work' },
  unknown: { name: { ja: '結果確認中', en: 'Outcome unknown' }, tone: 'wait' },
  held: { name: { ja: '保留（審査中）', en: 'Held' }, tone: 'wait' },
  failed: { name: { ja: '失敗', en: 'Failed' }, tone: 'bad' },
  issued: { name: { ja: '発行済', en: 'Issued' }, tone: 'good' },
  replaced: { name: { ja: '更新済', en: 'Replaced' }, tone: 'over' },
  revoked: { name: { ja: '失効済', en: 'Revoked' }, tone: 'over' },
  expired: { name: { ja: '期限切れ', en: 'Expired' }, tone: 'over' },
}

const certificateStates: Record<string, StateWords> = {
  valid: { name: { ja: '有効', en: 'Valid' }, tone: 'good' },
  replaced: applicationStates.replaced,
  revoked: applicationStates.revoked,
  expired: applicationStates.expired,
}

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`badge ${tone}`}>{children}</span>
}

export function ApplicationBadge({ state }: { state: ApplicationState }) {
  const { t } = useWords()
  // A gateway newer than this page may know more states.
  const words = (applicationStates as Partial<typeof applicationStates>)[state]
  return <Badge tone={words?.tone ?? 'work'}>{words ? t(words.name) : state}</Badge>
}

export function CertificateBadge({ status, notAfter }: { status: string; notAfter: string }) {
  const { t } = useWords()
  const isOver = status === 'valid' && new Date(notAfter) < new Date()
  const words = certificateStates[isOver ? 'expired' : status]
  return <Badge tone={words?.tone ?? 'over'}>{words ? t(words.name) : status}</Badge>
}
