/** Programs that are called with what happens; a secret is shown once. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { Dialog } from '../../ui/dialog.js'
import { filledIn, FormDialog, type FormField } from '../../ui/form-dialog.js'
import { List } from '../../ui/list.js'
import { Page } from '../../ui/page.js'
import { Secret } from '../../ui/secret.js'
import { Badge } from '../../ui/state.js'
import { type Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'

type Webhook = Schemas['Webhook']

const text = {
  title: { ja: 'Webhook（出来事の通知）', en: 'Webhooks' },
  none: { ja: 'Webhookはまだありません。', en: 'There is no webhook yet.' },
  url: { ja: '送り先', en: 'URL' },
  description: { ja: '説明', en: 'Description' },
  types: { ja: '通知する出来事', en: 'Events' },
  state: { ja: '状態', en: 'State' },
  live: { ja: '有効', en: 'Enabled' },
  failing: { ja: '失敗が続いています（{failures}回）', en: 'Failing ({failures} times)' },
  disabled: { ja: '停止', en: 'Disabled' },
  created: { ja: '作成', en: 'Made' },
  act: { ja: '操作', en: 'Act' },
  make: { ja: '新しいWebhook…', en: 'New webhook…' },
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
  close: { ja: '閉じる', en: 'Close' },
  disable: { ja: '停止…', en: 'Disable…' },
  enable: { ja: '再開…', en: 'Enable…' },
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
  remove: { ja: '削除…', en: 'Delete…' },
  removeTitle: { ja: 'このWebhookを削除しますか', en: 'Delete this webhook?' },
  removeEffect: {
    ja: 'まだ送っていない出来事も送られません。元に戻せません。',
    en: 'What was still to be sent is not sent either. This cannot be undone.',
  },
  removeAct: { ja: '削除する', en: 'Delete' },
}

const fields: readonly FormField[] = [
  {
    name: 'url',
    label: text.url,
    hint: { ja: 'https:// で始まるURL', en: 'https:// only' },
    maxLength: 2000,
    mono: true,
    isRequired: true,
  },
  { name: 'description', label: text.description, maxLength: 200 },
]

type Doing =
  { what: 'make' } | { what: 'switch' | 'remove'; webhook: Webhook } | { what: 'made'; secret: string }

export function WebhooksPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [doing, setDoing] = useState<Doing>()
  const mayChange = operator.scopes.includes('webhooks:write')
  const query = useList<Webhook>(['webhooks'], async (after) => {
    const { webhooks: rows, next } = await unwrap(api.GET('/v1/webhooks', { params: { query: { after } } }))
    return { rows, next }
  })
  const columns: Column<Webhook>[] = [
    {
      title: t(text.url),
      kind: 'wide',
      cell: ({ url, description }) => (
        <div>
          <code className="hash">{url}</code>
          {description && <div className="minor">{description}</div>}
        </div>
      ),
    },
    {
      title: t(text.types),
      kind: 'number',
      cell: ({ types }) => <span title={types.join(', ')}>{types.length}</span>,
    },
    { title: t(text.state), cell: (webhook) => <State webhook={webhook} /> },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} dayOnly /> },
  ]
  const acts: Column<Webhook> = {
    title: t(text.act),
    cell: (webhook) => (
      <div className="actions">
        <button type="button" className="small" onClick={() => setDoing({ what: 'switch', webhook })}>
          {t(webhook.disabledAt ? text.enable : text.disable)}
        </button>
        <button type="button" className="small" onClick={() => setDoing({ what: 'remove', webhook })}>
          {t(text.remove)}
        </button>
      </div>
    ),
  }
  return (
    <Page
      title={t(text.title)}
      actions={
        mayChange && (
          <button type="button" className="primary" onClick={() => setDoing({ what: 'make' })}>
            {t(text.make)}
          </button>
        )
      }
    >
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ id }) => id}
        columns={mayChange ? [...columns, acts] : columns}
      />
      {doing && <WebhookDialog doing={doing} onDoing={setDoing} />}
    </Page>
  )
}

function State({ webhook: { disabledAt, failures } }: { webhook: Webhook }) {
  const { t } = useWords()
  if (disabledAt) return <Badge tone="over">{t(text.disabled)}</Badge>
  if (failures > 0) return <Badge tone="bad">{t(text.failing, { failures })}</Badge>
  return <Badge tone="good">{t(text.live)}</Badge>
}

function WebhookDialog({ doing, onDoing }: { doing: Doing; onDoing: (doing?: Doing) => void }) {
  const { t } = useWords()
  const close = () => onDoing()
  if (doing.what === 'made')
    return (
      <Dialog title={t(text.made)} act={t(text.close)} onAct={close} onClose={close}>
        <p className="notice">{t(text.once)}</p>
        <p>
          <Secret value={doing.secret} what={t(text.secret)} />
        </p>
      </Dialog>
    )
  if (doing.what === 'make')
    return (
      <FormDialog
        title={t(text.makeTitle)}
        act={t(text.makeAct)}
        fields={fields}
        work={({ url = '', ...more }) =>
          unwrap(api.POST('/v1/webhooks', { body: { url, ...filledIn(more) } }))
        }
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
