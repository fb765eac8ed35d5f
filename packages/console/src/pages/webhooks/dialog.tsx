/** Makes a webhook, whose secret is shown once, switches one off and on, deletes one. */
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { FormDialog } from '../../ui/form-dialog.js'
import { ShownOnce } from '../../ui/shown-once.js'
import { fields, inputOf } from './fields.js'

type Webhook = Schemas['Webhook']

const text = {
  makeTitle: { ja: '新しいWebhook', en: 'New webhook' },
  makeEffect: {
    ja: 'これから起きる出来事を、署名を付けて、このURLにJSONで送ります。',
    en: 'From now on what happens is sent to the URL as JSON, signed.',
  },
  makeAct: { ja: '作成する', en: 'Make it' },
  made: { ja: 'Webhookができました', en: 'The webhook is made' },
  once: {
    ja: '署名を確かめるための鍵です。表示されるのは今だけです。',
    en: 'The secret that signatures are verified with. It is shown only now.',
  },
  secret: { ja: '鍵', en: 'Secret' },
  disableTitle: { ja: '通知を停止しますか', en: 'Stop sending?' },
  disableEffect: {
    ja: '停止している間の出来事は送られません。再開してから送り直すことはできます。',
    en: 'What happens meanwhile is not sent; it can be replayed after it is enabled again.',
  },
  enableTitle: { ja: '通知を再開しますか', en: 'Send again?' },
  enableEffect: {
    ja: 'これから起きる出来事を、また送ります。',
    en: 'What happens from now on is sent again.',
  },
  disableAct: { ja: '停止する', en: 'Disable' },
  enableAct: { ja: '再開する', en: 'Enable' },
  removeTitle: { ja: 'このWebhookを削除しますか', en: 'Delete this webhook?' },
  removeEffect: {
    ja: 'まだ送っていない出来事も送られません。元に戻せません。',
    en: 'What was still to be sent is not sent either. This cannot be undone.',
  },
  removeAct: { ja: '削除する', en: 'Delete' },
}

export type Doing =
  { what: 'make' } | { what: 'switch' | 'remove'; webhook: Webhook } | { what: 'made'; secret: string }

export function WebhookDialog({ doing, onDoing }: { doing: Doing; onDoing: (doing?: Doing) => void }) {
  const { t } = useWords()
  const close = () => onDoing()
  if (doing.what === 'made')
    return (
      <ShownOnce
        title={t(text.made)}
        notice={t(text.once)}
        what={t(text.secret)}
        value={doing.secret}
        onClose={close}
      />
    )
  if (doing.what === 'make')
    return (
      <FormDialog
        title={t(text.makeTitle)}
        act={t(text.makeAct)}
        fields={fields}
        work={(values) => unwrap(api.POST('/v1/webhooks', { body: inputOf(values) }))}
        onDone={({ secret }) => onDoing({ what: 'made', secret })}
        onClose={close}
      >
        <p>{t(text.makeEffect)}</p>
      </FormDialog>
    )
  const { webhook } = doing
  return doing.what === 'remove' ? (
    <Remove webhook={webhook} onClose={close} />
  ) : (
    <Switch webhook={webhook} onClose={close} />
  )
}

interface OneProps {
  webhook: Webhook
  onClose: () => void
}

function Remove({ webhook: { id, url }, onClose }: OneProps) {
  const { t } = useWords()
  return (
    <Ask
      title={t(text.removeTitle)}
      act={t(text.removeAct)}
      isDanger
      work={() => unwrap(api.DELETE('/v1/webhooks/{id}', { params: { path: { id } } }))}
      onClose={onClose}
    >
      <p className="hash">{url}</p>
      <p>{t(text.removeEffect)}</p>
    </Ask>
  )
}

function Switch({ webhook: { id, url, disabledAt }, onClose }: OneProps) {
  const { t } = useWords()
  const enabled = disabledAt !== null
  const params = { path: { id } }
  return (
    <Ask
      title={t(enabled ? text.enableTitle : text.disableTitle)}
      act={t(enabled ? text.enableAct : text.disableAct)}
      isDanger={!enabled}
      work={() => unwrap(api.PATCH('/v1/webhooks/{id}', { params, body: { enabled } }))}
      onClose={onClose}
    >
      <p className="hash">{url}</p>
      <p>{t(enabled ? text.enableEffect : text.disableEffect)}</p>
    </Ask>
  )
}
