/** Takes an application back while it waits. */
import { api, type Schemas, unwrap } from '../../api/client.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { AskButton } from '../../ui/ask-button.js'
import { nameOf } from './name-of.js'

type Application = Schemas['Application']

const text = {
  cancel: { ja: '取り消す…', en: 'Cancel…' },
  title: { ja: 'この申請を取り消しますか', en: 'Cancel this application?' },
  effect: {
    ja: '発行システムには送られません。元に戻せないので、必要になったら新しく申請します。',
    en: 'It is not sent to the issuance system. This cannot be undone: apply anew when it is needed.',
  },
  act: { ja: '申請を取り消す', en: 'Cancel the application' },
}

/** Once it is in a sealed file it cannot be taken back. Source: docs/issuance-cycle.md. */
const cancellable: readonly Application['state'][] = ['awaiting-approval', 'queued']

export const canCancel = ({ state }: Application, operator: Operator): boolean =>
  cancellable.includes(state) && may(operator, 'applications:write', 'applications:approve')

export function CancelButton({ application }: { application: Application }) {
  const { t } = useWords()
  const params = { path: { id: application.id } }
  return (
    <AskButton
      open={t(text.cancel)}
      title={t(text.title)}
      act={t(text.act)}
      isDanger
      work={() => unwrap(api.POST('/v1/applications/{id}/cancel', { params }))}
    >
      <p>{nameOf(application)}</p>
      <p>{t(text.effect)}</p>
    </AskButton>
  )
}
