/** What waits for whom, what failed, what ends soon. */
import { Link } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { useApplications } from '../../api/queries.js'
import type { Operator } from '../../api/session.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { Empty, Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { Table } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { nameOf } from '../applications/name-of.js'
import { Due } from './due.js'
import { Figures } from './figures.js'

const text = {
  title: { ja: '今日', en: 'Today' },
  all: { ja: 'すべて見る', en: 'See all' },
  name: { ja: '対象', en: 'For' },
  since: { ja: 'いつから', en: 'Since' },
}

const groups: { state: Schemas['ApplicationState']; title: Bilingual; none: Bilingual }[] = [
  {
    state: 'awaiting-approval',
    title: { ja: '承認待ちの申請', en: 'Waiting for approval' },
    none: { ja: '承認待ちはありません。', en: 'Nothing waits for approval.' },
  },
  {
    state: 'held',
    title: { ja: '発行システムで保留されています', en: 'Held by the issuance system' },
    none: { ja: '保留はありません。', en: 'Nothing is held.' },
  },
  {
    state: 'failed',
    title: { ja: '失敗しました', en: 'Failed' },
    none: { ja: '失敗はありません。', en: 'Nothing failed.' },
  },
]

export function Today({ operator }: { operator: Operator }) {
  const { t } = useWords()
  return (
    <Page title={t(text.title)}>
      <Figures operator={operator} />
      {groups.map((group) => (
        <Group key={group.state} {...group} />
      ))}
      {operator.scopes.includes('certificates:read') && <Due />}
    </Page>
  )
}

/** As many as a glance takes in. */
const SHOWN = 8

function Group({ state, title, none }: (typeof groups)[number]) {
  const { t } = useWords()
  const query = useApplications({ state: [state] })
  const rows = query.data?.pages[0]?.applications.slice(0, SHOWN) ?? []
  const all = <Link href={`/applications?state=${state}`}>{t(text.all)}</Link>
  return (
    <Section title={t(title)} actions={rows.length > 0 && all}>
      <Shown query={query}>
        {() => (rows.length > 0 ? <Rows label={t(title)} rows={rows} /> : <Empty>{t(none)}</Empty>)}
      </Shown>
    </Section>
  )
}

function Rows({ label, rows }: { label: string; rows: readonly Schemas['Application'][] }) {
  const { t } = useWords()
  return (
    <Table
      label={label}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t(text.name),
          cell: (row) => <Link href={`/applications/${row.id}`}>{nameOf(row)}</Link>,
          kind: 'wide',
        },
        { title: t(text.since), cell: ({ updatedAt }) => <Time at={updatedAt} /> },
      ]}
    />
  )
}
