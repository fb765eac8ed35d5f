/** Who did what, newest first. */
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { List } from '../../ui/list.js'
import { Page } from '../../ui/page.js'
import { Time } from '../../ui/time.js'

const text = {
  title: { ja: '監査ログ', en: 'Audit log' },
  none: { ja: '記録はありません。', en: 'There is no entry.' },
  at: { ja: '日時', en: 'When' },
  actor: { ja: '誰が', en: 'Who' },
  action: { ja: '何を', en: 'What' },
  subject: { ja: '対象', en: 'Of what' },
  detail: { ja: '詳細', en: 'Detail' },
}

export function AuditPage() {
  const { t } = useWords()
  const query = useList<Schemas['AuditEntry']>(['audit'], async (after) => {
    const { entries: rows, next } = await unwrap(
      api.GET('/v1/audit', { params: { query: { limit: 100, after } } }),
    )
    return { rows, next }
  })
  return (
    <Page title={t(text.title)}>
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ seq }) => seq}
        columns={[
          { title: t(text.at), cell: ({ at }) => <Time at={at} /> },
          { title: t(text.action), cell: ({ action }) => <code>{action}</code> },
          { title: t(text.actor), cell: ({ actor }) => <code className="hash">{actor}</code> },
          { title: t(text.subject), cell: ({ subject }) => <code className="hash">{subject}</code> },
          {
            title: t(text.detail),
            kind: 'wide',
            cell: ({ detail }) => <code>{JSON.stringify(detail)}</code>,
          },
        ]}
      />
    </Page>
  )
}
