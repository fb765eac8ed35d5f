import type { Schemas } from '../../api/client.js'
import type { Bilingual } from '../../i18n/language.js'
import type { Tone } from '../../ui/state.js'

export const batchStates: Record<Schemas['BatchState'], { name: Bilingual; tone: Tone }> = {
  sealed: { name: { ja: '作成済', en: 'Sealed' }, tone: 'work' },
  submitting: { name: { ja: '送信中', en: 'Submitting' }, tone: 'work' },
  'handed-out': { name: { ja: '手渡し済（結果待ち）', en: 'Handed out' }, tone: 'wait' },
  submitted: { name: { ja: '送信済', en: 'Submitted' }, tone: 'work' },
  unknown: { name: { ja: '結果確認中', en: 'Outcome unknown' }, tone: 'wait' },
  refused: { name: { ja: '受付不可', en: 'Refused' }, tone: 'bad' },
  attention: { name: { ja: '判断待ち', en: 'Waits for a decision' }, tone: 'bad' },
  done: { name: { ja: '完了', en: 'Done' }, tone: 'good' },
}
