/** What an order waits for, for the person behind the client. Source: docs/issuance-cycle.md. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { ApplicationState } from '../../issuance/states.js'

const atService = {
  en: 'The issuance system has the application; certificates come within minutes, sometimes hours.',
  ja: '発行支援システムが受け付けました。通常は数分、長いと数時間で発行されます。',
}
const inQueue = {
  en: 'The application waits to be sent to the issuance system.',
  ja: '発行支援システムへの送信待ちです。',
}

export const waitingFor: Partial<Record<ApplicationState, Bilingual>> = {
  received: inQueue,
  'awaiting-approval': {
    en: 'A registration authority operator has to approve the application.',
    ja: '登録担当者の承認を待っています。',
  },
  queued: inQueue,
  batched: inQueue,
  submitting: {
    en: 'The application is being sent to the issuance system.',
    ja: '発行支援システムへ送信中です。',
  },
  submitted: atService,
  unknown: {
    en: 'The answer of the issuance system was lost; its report will tell whether it has the application.',
    ja: '発行支援システムの応答が失われました。受付の有無をレポートで確認しています。',
  },
  held: {
    en: 'The certification authority looks at the application; a person there releases it.',
    ja: '認証局で審査中です。担当者の確認後に発行されます。',
  },
}
