/** One webhook: what it is told, what was sent to it, and sending it once more. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Facts } from '../../ui/facts.js'
import { FormDialog } from '../../ui/form-dialog.js'
import { Shown } from '../../ui/outcome.js'
import { Page } from '../../ui/page.js'
import { Time } from '../../ui/time.js'
import { Deliveries } from './deliveries.js'
import { fields, inputOf, valuesOf } from './fields.js'
import { WebhookBadge } from './state.js'
import { nameOfEvent } from './words.js'

type Webhook = Schemas['Webhook']

const text = {
  url: { ja: '送り先', en: 'URL' },
  description: { ja: '説明', en: 'Description' },
  state: { ja: '状態', en: 'State' },
  since: { ja: '失敗し始めた日時', en: 'Failing since' },
  paused: { ja: '次に試す日時', en: 'Left alone until' },
  types: { ja: '通知する出来事', en: 'Events' },
  created: { ja: '作成', en: 'Made' },
  change: { ja: '変更…', en: 'Change…' },
  changeTitle: { ja: 'Webhookの変更', en: 'Change the webhook' },
  changeEffect: {
    ja: 'これから起きる出来事が、選んだ種類だけ送られます。',
    en: 'From now on what happens is sent, of the kinds that are chosen.',
  },
  save: { ja: '保存する', en: 'Save' },
}

export function WebhookDetail({ id, operator }: { id: string; operator: Operator }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['webhooks', id],
    queryFn: () => unwrap(api.GET('/v1/webhooks/{id}', { params: { path: { id } } })),
  })
  const [isChanging, setIsChanging] = useState(false)
  const mayChange = operator.scopes.includes('webhooks:write')
  return (
    <Page
      title={query.data?.description || 'Webhook'}
      actions={
        mayChange && (
          <button type="button" onClick={() => setIsChanging(true)}>
            {t(text.change)}
          </button>
        )
      }
    >
      <Shown query={query}>{(webhook) => <Overview webhook={webhook} />}</Shown>
      <Deliveries id={id} mayReplay={mayChange} />
      {isChanging && query.data && <Change webhook={query.data} onClose={() => setIsChanging(false)} />}
    </Page>
  )
}

function Overview({ webhook }: { webhook: Webhook }) {
  const { t } = useWords()
  const { failingSince, pausedUntil } = webhook
  return (
    <section className="card">
      <Facts
        entries={[
          [t(text.url), <code className="hash">{webhook.url}</code>],
          [t(text.description), webhook.description],
          [t(text.state), <WebhookBadge webhook={webhook} />],
          [t(text.since), failingSince && <Time at={failingSince} />],
          [t(text.paused), pausedUntil && <Time at={pausedUntil} />],
          [t(text.types), webhook.types.map((type) => t(nameOfEvent(type))).join(t({ ja: '、', en: ', ' }))],
          [t(text.created), <Time at={webhook.createdAt} />],
        ]}
      />
    </section>
  )
}

function Change({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useWords()
  const params = { path: { id: webhook.id } }
  return (
    <FormDialog
      title={t(text.changeTitle)}
      act={t(text.save)}
      fields={fields}
      initial={valuesOf(webhook)}
      work={(values) => unwrap(api.PATCH('/v1/webhooks/{id}', { params, body: inputOf(values) }))}
      onClose={onClose}
    >
      <p>{t(text.changeEffect)}</p>
    </FormDialog>
  )
}
