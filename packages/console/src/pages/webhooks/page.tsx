/** Programs that are called with what happens. */
import { useState } from 'react'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { ListPage } from '../../ui/list-page.js'
import { type Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { type Doing, WebhookDialog } from './dialog.js'
import { WebhookBadge } from './state.js'
import { nameOfEvent } from './words.js'

type Webhook = Schemas['Webhook']

const page = {
  title: { ja: 'Webhook（出来事の通知）', en: 'Webhooks' },
  none: { ja: 'Webhookはまだありません。', en: 'There is no webhook yet.' },
}

const text = {
  url: { ja: '送り先', en: 'URL' },
  types: { ja: '通知する出来事', en: 'Events' },
  state: { ja: '状態', en: 'State' },
  created: { ja: '作成', en: 'Made' },
  make: { ja: '新しいWebhook…', en: 'New webhook…' },
  disable: { ja: '停止…', en: 'Disable…' },
  enable: { ja: '再開…', en: 'Enable…' },
  remove: { ja: '削除…', en: 'Delete…' },
}

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
      cell: ({ id, url, description }) => (
        <div>
          <Link href={`/webhooks/${id}`}>
            <code className="hash">{url}</code>
          </Link>
          {description && <div className="minor">{description}</div>}
        </div>
      ),
    },
    {
      title: t(text.types),
      kind: 'number',
      cell: ({ types }) => (
        <span title={types.map((type) => t(nameOfEvent(type))).join(', ')}>{types.length}</span>
      ),
    },
    { title: t(text.state), cell: (webhook) => <WebhookBadge webhook={webhook} /> },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} dayOnly /> },
  ]
  return (
    <ListPage
      {...{ ...page, query, columns, mayChange }}
      keyOf={({ id }) => id}
      make={{ name: text.make, run: () => setDoing({ what: 'make' }) }}
      actsOf={(webhook) => [
        {
          name: webhook.disabledAt ? text.enable : text.disable,
          run: () => setDoing({ what: 'switch', webhook }),
        },
        { name: text.remove, run: () => setDoing({ what: 'remove', webhook }) },
      ]}
    >
      {doing && <WebhookDialog doing={doing} onDoing={setDoing} />}
    </ListPage>
  )
}
