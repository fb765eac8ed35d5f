/** Who did what, newest first; whether the log is whole; and the entries of one thing or one person. */
import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { List } from '../../ui/list.js'
import { Page } from '../../ui/page.js'
import { Time } from '../../ui/time.js'
import { Chain } from './chain.js'
import { groupOptions, nameOfAction } from './words.js'

type Entry = Schemas['AuditEntry']

const text = {
  title: { ja: '監査ログ', en: 'Audit log' },
  none: { ja: '条件に合う記録はありません。', en: 'No entry matches.' },
  at: { ja: '日時', en: 'When' },
  actor: { ja: '誰が', en: 'Who' },
  action: { ja: '何を', en: 'What' },
  subject: { ja: '対象', en: 'Of what' },
  detail: { ja: '詳細', en: 'Detail' },
  group: { ja: '種類', en: 'About' },
  every: { ja: 'すべて', en: 'everything' },
  only: { ja: '絞り込み中', en: 'Only' },
  all: { ja: 'すべて表示', en: 'Show all' },
}

interface Filter {
  action?: string
  actor?: string
  subject?: string
}

function useFilter(): Filter {
  const [search] = useSearchParams()
  const known = (['action', 'actor', 'subject'] as const).map((name) => [name, search.get(name)])
  return Object.fromEntries(known.filter(([, value]) => value)) as Filter
}

const useEntries = (filter: Filter) =>
  useList<Entry>(['audit', filter], async (after) => {
    const query = { ...filter, limit: 100, after }
    const { entries: rows, next } = await unwrap(api.GET('/v1/audit', { params: { query } }))
    return { rows, next }
  })

/** Names of operators, by what the log calls them. */
function useNames(): (actor: string) => string {
  const { data } = useQuery({
    queryKey: ['operators', 'names'],
    queryFn: () => unwrap(api.GET('/v1/operators', { params: { query: { limit: 200 } } })),
    staleTime: 60_000,
  })
  const names = new Map(data?.operators.map(({ id, displayName }) => [`operator:${id}`, displayName]))
  return (actor) => names.get(actor) ?? actor
}

const linkTo = (filter: Filter) => `/audit?${new URLSearchParams({ ...filter })}`

export function AuditPage() {
  const { t } = useWords()
  const filter = useFilter()
  const query = useEntries(filter)
  const nameOf = useNames()
  return (
    <Page title={t(text.title)}>
      <Chain />
      <FilterBar filter={filter} nameOf={nameOf} />
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ seq }) => seq}
        columns={[
          { title: t(text.at), cell: ({ at }) => <Time at={at} /> },
          {
            title: t(text.action),
            cell: ({ action }) => <span title={action}>{t(nameOfAction(action))}</span>,
          },
          {
            title: t(text.actor),
            cell: ({ actor }) => (
              <Link href={linkTo({ actor })} className="hash">
                {nameOf(actor)}
              </Link>
            ),
          },
          {
            title: t(text.subject),
            cell: ({ subject }) => (
              <Link href={linkTo({ subject })} className="hash mono">
                {subject}
              </Link>
            ),
          },
          { title: t(text.detail), kind: 'wide', cell: ({ detail }) => <Detail detail={detail} /> },
        ]}
      />
    </Page>
  )
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function Detail({ detail }: { detail: Entry['detail'] }) {
  const lines = Object.entries(detail).map(([name, value]) => `${name}: ${shown(value)}`)
  return <code className="value">{lines.join('\n') || '–'}</code>
}

function FilterBar({ filter, nameOf }: { filter: Filter; nameOf: (actor: string) => string }) {
  const { t } = useWords()
  const [, setSearch] = useSearchParams()
  const only = filter.actor === undefined ? filter.subject : nameOf(filter.actor)
  return (
    <search className="filters">
      <label>
        {t(text.group)}
        <select
          value={filter.action ?? ''}
          onChange={(event) => setSearch(event.target.value ? { action: event.target.value } : {})}
        >
          <option value="">{t(text.every)}</option>
          {groupOptions.map(({ value, label }) => (
            <option key={value} value={value}>
              {t(label)}
            </option>
          ))}
        </select>
      </label>
      {only !== undefined && (
        <span>
          {t(text.only)}: <strong className="hash">{only}</strong> <Link href="/audit">{t(text.all)}</Link>
        </span>
      )}
    </search>
  )
}
