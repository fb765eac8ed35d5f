/** One ACME account, and what it ordered. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { Facts } from '../../ui/facts.js'
import { List } from '../../ui/list.js'
import { Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { ApplicationBadge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
import { AccountBadge, contactsOf } from './words.js'

type Order = Schemas['AcmeOrder']

const text = {
  title: { ja: 'ACMEアカウント', en: 'ACME account' },
  state: { ja: '状態', en: 'State' },
  organisation: { ja: '機関', en: 'Organisation' },
  eab: { ja: 'EABの鍵ID', en: 'EAB key ID' },
  approval: { ja: '承認', en: 'Approval' },
  see: { ja: '継続的な承認を見る', en: 'See the lasting approval' },
  thumbprint: { ja: '鍵のサムプリント', en: 'Thumbprint of its key' },
  created: { ja: '登録', en: 'Registered' },
  seen: { ja: '最後の利用', en: 'Last used' },
  orders: { ja: 'オーダー', en: 'Orders' },
  none: { ja: 'オーダーはまだありません。', en: 'It has ordered nothing yet.' },
  names: { ja: '名前', en: 'Names' },
  application: { ja: '申請', en: 'Application' },
  ordered: { ja: '注文', en: 'Ordered' },
  software: { ja: 'クライアント', en: 'Client' },
}

const stages: Record<Order['stage'], Bilingual> = {
  pending: { ja: '認可待ち', en: 'pending' },
  ready: { ja: '確定待ち', en: 'ready' },
  finalized: { ja: '確定済', en: 'finalized' },
}

export function AccountDetail({ id }: { id: string }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['accounts', id],
    queryFn: () => unwrap(api.GET('/v1/acme-accounts/{id}', { params: { path: { id } } })),
  })
  return (
    <Page title={query.data ? contactsOf(query.data) : t(text.title)}>
      <Shown query={query}>{(account) => <Overview account={account} />}</Shown>
      <Orders id={id} />
    </Page>
  )
}

function Overview({ account }: { account: Schemas['AcmeAccount'] }) {
  const { t } = useWords()
  const { approvalId } = account
  return (
    <section className="card">
      <Facts
        entries={[
          [t(text.state), <AccountBadge status={account.status} />],
          [t(text.organisation), account.organisation],
          [t(text.eab), account.eabKid && <code className="hash">{account.eabKid}</code>],
          [t(text.approval), approvalId && <Link href={`/approvals?id=${approvalId}`}>{t(text.see)}</Link>],
          [t(text.thumbprint), <code className="hash">{account.thumbprint}</code>],
          [t(text.created), <Time at={account.createdAt} />],
          [t(text.seen), <Time at={account.lastSeenAt} />],
        ]}
      />
    </section>
  )
}

function Orders({ id }: { id: string }) {
  const { t } = useWords()
  const query = useList<Order>(['accounts', id, 'orders'], async (after) => {
    const params = { path: { id }, query: { after } }
    const { orders: rows, next } = await unwrap(api.GET('/v1/acme-accounts/{id}/orders', { params }))
    return { rows, next }
  })
  return (
    <Section title={t(text.orders)}>
      <List
        query={query}
        label={t(text.orders)}
        none={t(text.none)}
        keyOf={(order) => order.id}
        columns={[
          {
            title: t(text.names),
            kind: 'wide',
            cell: ({ names }) => <span className="value">{names.join('\n')}</span>,
          },
          { title: t(text.state), cell: ({ stage }) => t(stages[stage]) },
          { title: t(text.application), cell: (order) => <Application order={order} /> },
          { title: t(text.software), cell: ({ software }) => <span className="hash">{software}</span> },
          { title: t(text.ordered), cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
      />
    </Section>
  )
}

function Application({ order: { applicationId, applicationState } }: { order: Order }) {
  if (applicationId === null || applicationState === null) return <>–</>
  return (
    <Link href={`/applications/${applicationId}`}>
      <ApplicationBadge state={applicationState} />
    </Link>
  )
}
