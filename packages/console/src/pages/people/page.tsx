/** Who may act for the organisation. */
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { List } from '../../ui/list.js'
import { Page } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'

const text = {
  title: { ja: '登録担当者', en: 'Operators' },
  none: { ja: 'まだいません。', en: 'There is none yet.' },
  name: { ja: '名前', en: 'Name' },
  email: { ja: 'メール', en: 'E-mail' },
  role: { ja: '役割', en: 'Role' },
  state: { ja: '状態', en: 'State' },
  active: { ja: '有効', en: 'Active' },
  disabled: { ja: '停止', en: 'Disabled' },
  created: { ja: '登録', en: 'Entered' },
}

export function PeoplePage() {
  const { t } = useWords()
  const query = useList<Schemas['Operator']>(['operators'], async (after) => {
    const { operators: rows, next } = await unwrap(api.GET('/v1/operators', { params: { query: { after } } }))
    return { rows, next }
  })
  return (
    <Page title={t(text.title)}>
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ id }) => id}
        columns={[
          { title: t(text.name), kind: 'wide', cell: ({ displayName }) => displayName },
          { title: t(text.email), cell: ({ email }) => email ?? '–' },
          { title: t(text.role), cell: ({ role }) => role },
          {
            title: t(text.state),
            cell: ({ disabledAt }) => (
              <Badge tone={disabledAt ? 'over' : 'good'}>{t(disabledAt ? text.disabled : text.active)}</Badge>
            ),
          },
          { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} dayOnly /> },
        ]}
      />
    </Page>
  )
}
