/** Lasting approvals: what they cover waits for nobody. */
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useOwnOrganisation } from '../../api/queries.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { ListPage } from '../../ui/list-page.js'
import { Badge } from '../../ui/state.js'
import { SubscriberFacts } from '../../ui/subscriber.js'
import { type Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { ApprovalDialog, type Doing } from './dialog.js'

type Approval = Schemas['Approval']

const page = {
  title: { ja: '継続的な承認', en: 'Lasting approvals' },
  intro: {
    ja: 'ここにある利用管理者と名前の申請は、担当者を待たずに進みます。',
    en: 'Applications of these subscribers for these names wait for no operator.',
  },
  search: { ja: '名前・メールから検索', en: 'Search names and addresses' },
  none: { ja: '条件に合う承認はありません。', en: 'No approval matches.' },
}

const text = {
  subscriber: { ja: '利用管理者', en: 'Subscriber' },
  names: { ja: '承認済みの名前', en: 'Approved names' },
  state: { ja: '状態', en: 'State' },
  live: { ja: '有効', en: 'Live' },
  ended: { ja: '終了', en: 'Ended' },
  until: { ja: '期限', en: 'Until' },
  unlimited: { ja: '無期限', en: 'without end' },
  from: { ja: '元の申請', en: 'Came of' },
  see: { ja: '申請を見る', en: 'See the application' },
  make: { ja: '新しい承認…', en: 'New approval…' },
  renew: { ja: '延長…', en: 'Renew…' },
  end: { ja: '終了…', en: 'End…' },
}

async function ask(q: string, id: string | null, after: string | undefined) {
  // A link from an application is to one approval.
  if (id !== null) {
    const one = await unwrap(api.GET('/v1/approvals/{id}', { params: { path: { id } } }))
    return { rows: [one], next: null }
  }
  const query = { ...(q && { q }), after }
  const { approvals: rows, next } = await unwrap(api.GET('/v1/approvals', { params: { query } }))
  return { rows, next }
}

export function ApprovalsPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [search] = useSearchParams()
  const [q, id] = [(search.get('q') ?? '').trim(), search.get('id')]
  const query = useList<Approval>(['approvals', q, id], (after) => ask(q, id, after))
  const [doing, setDoing] = useState<Doing>()
  const mayChange = may(operator, 'approvals:write')
  // Where two must approve, one alone makes and renews none. Source: docs/operations.md, "Approvals".
  const isOfOne = useOwnOrganisation()?.approvers === 1
  const mayMake = isOfOne || may(operator, 'admin')
  const columns: Column<Approval>[] = [
    { title: t(text.subscriber), cell: ({ subscriber }) => <SubscriberFacts {...subscriber} /> },
    {
      title: t(text.names),
      kind: 'wide',
      cell: ({ names }) => <span className="value">{names.join('\n')}</span>,
    },
    {
      title: t(text.state),
      cell: ({ live }) => <Badge tone={live ? 'good' : 'over'}>{t(live ? text.live : text.ended)}</Badge>,
    },
    {
      title: t(text.until),
      cell: ({ validUntil }) => (validUntil ? <Time at={validUntil} dayOnly /> : t(text.unlimited)),
    },
    {
      title: t(text.from),
      cell: ({ applicationId }) =>
        applicationId ? <Link href={`/applications/${applicationId}`}>{t(text.see)}</Link> : '–',
    },
  ]
  const actsOf = (approval: Approval) =>
    approval.live
      ? [
          ...(mayMake ? [{ name: text.renew, run: () => setDoing({ what: 'renew', approval }) }] : []),
          { name: text.end, run: () => setDoing({ what: 'end', approval }) },
        ]
      : []
  return (
    <ListPage
      {...{ ...page, query, columns, mayChange, actsOf }}
      keyOf={(approval) => approval.id}
      make={mayMake ? { name: text.make, run: () => setDoing({ what: 'make' }) } : undefined}
    >
      {doing && <ApprovalDialog doing={doing} onClose={() => setDoing(undefined)} />}
    </ListPage>
  )
}
