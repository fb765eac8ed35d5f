/** Applications: filter, search, and decide on many at once. */
import { Link, useSearchParams } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { type ApplicationFilter, useApplications } from '../../api/queries.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { kindTitle } from '../../ui/kinds.js'
import { More } from '../../ui/more.js'
import { Empty, Failed, Loading } from '../../ui/outcome.js'
import { Page } from '../../ui/page.js'
import { ApplicationBadge, applicationStates } from '../../ui/state.js'
import { type Column, Table } from '../../ui/table.js'
import { useTicks } from '../../ui/ticks.js'
import { Time } from '../../ui/time.js'
import { type Ask, DecideBar, useDeciding } from './decide.js'
import { nameOf } from './name-of.js'

type Application = Schemas['Application']

const text = {
  title: { ja: '申請', en: 'Applications' },
  make: { ja: '新しい申請', en: 'New application' },
  state: { ja: '状態', en: 'State' },
  every: { ja: 'すべての状態', en: 'Every state' },
  search: { ja: 'CN・DN・ホスト名・メールから検索', en: 'Search CN, DN, host names, address' },
  none: { ja: '条件に合う申請はありません。', en: 'No application matches.' },
  name: { ja: '対象', en: 'For' },
  kind: { ja: '種類', en: 'Kind' },
  findings: { ja: '所見', en: 'Findings' },
  created: { ja: '受付', en: 'Received' },
}

function useFilter(): [ApplicationFilter, (name: string, value: string) => void] {
  const [search, setSearch] = useSearchParams()
  const state = search.get('state') as Schemas['ApplicationState'] | null
  const q = search.get('q')
  const filter = { ...(state && { state: [state] }), ...(q && { q }) }
  const change = (name: string, value: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: true },
    )
  return [filter, change]
}

export function ApplicationList({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const { ask, dialog } = useDeciding()
  const [filter, change] = useFilter()
  const query = useApplications(filter)
  const rows = query.data?.pages.flatMap((page) => page.applications) ?? []
  return (
    <Page
      title={t(text.title)}
      actions={
        may(operator, 'applications:write') && (
          <Link href="/applications/new" className="button primary">
            {t(text.make)}
          </Link>
        )
      }
    >
      <FilterBar filter={filter} change={change} />
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {query.isSuccess && rows.length === 0 && <Empty>{t(text.none)}</Empty>}
      {rows.length > 0 && (
        <Rows rows={rows} onAsk={may(operator, 'applications:approve') ? ask : undefined} />
      )}
      <More query={query} />
      {dialog}
    </Page>
  )
}

function FilterBar({
  filter,
  change,
}: {
  filter: ApplicationFilter
  change: (name: string, value: string) => void
}) {
  const { t } = useWords()
  return (
    <search className="filters">
      <label>
        {t(text.state)}
        <select value={filter.state?.[0] ?? ''} onChange={(event) => change('state', event.target.value)}>
          <option value="">{t(text.every)}</option>
          {Object.entries(applicationStates).map(([state, { name }]) => (
            <option key={state} value={state}>
              {t(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t(text.search)}
        <input type="search" value={filter.q ?? ''} onChange={(event) => change('q', event.target.value)} />
      </label>
    </search>
  )
}

interface RowsProps {
  rows: readonly Application[]
  /** None for one who decides nothing. */
  onAsk: Ask | undefined
}

function Rows({ rows, onAsk }: RowsProps) {
  const { t } = useWords()
  const waiting = onAsk ? rows.filter(({ state }) => state === 'awaiting-approval') : []
  const ticks = useTicks({ rows: waiting, idOf: ({ id }) => id, nameOf })
  const columns: Column<Application>[] = [
    ...(waiting.length > 0 ? [ticks.column] : []),
    {
      title: t(text.name),
      cell: (row) => <Link href={`/applications/${row.id}`}>{nameOf(row)}</Link>,
      kind: 'wide',
    },
    { title: t(text.state), cell: ({ state }) => <ApplicationBadge state={state} /> },
    { title: t(text.kind), cell: ({ kind }) => t(kindTitle(kind)) },
    { title: t(text.findings), cell: ({ findings }) => findings.length || '–', kind: 'number' },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} /> },
  ]
  return (
    <>
      {onAsk && waiting.length > 0 && <DecideBar ticks={ticks} onAsk={onAsk} />}
      <Table label={t(text.title)} columns={columns} rows={rows} keyOf={({ id }) => id} />
    </>
  )
}
