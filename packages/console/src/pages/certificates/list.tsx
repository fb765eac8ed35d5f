/** The inventory: what ends first comes first. */
import { Link, useSearchParams } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { List } from '../../ui/list.js'
import { Page, Section } from '../../ui/page.js'
import { SearchBox } from '../../ui/search-box.js'
import { CertificateBadge } from '../../ui/state.js'
import type { Column } from '../../ui/table.js'
import { useTicks } from '../../ui/ticks.js'
import { Time } from '../../ui/time.js'
import { BulkBar } from './bulk.js'
import { ExpiryChart } from './expiry-chart.js'
import { rangeOf } from './months.js'

type Certificate = Schemas['CertificateSummary']

const text = {
  title: { ja: '証明書', en: 'Certificates' },
  search: { ja: '名前・DN・シリアル番号から検索', en: 'Search names, subject, serial' },
  timeline: { ja: '有効期限が来る証明書（月別）', en: 'When certificates end, by month' },
  inMonth: { ja: '{month}に期限が来る証明書を表示しています。', en: 'Certificates that end in {month}.' },
  ofIssuer: { ja: '{issuer}が発行した証明書を表示しています。', en: 'Certificates that {issuer} issued.' },
  all: { ja: 'すべて表示', en: 'Show all' },
  none: { ja: '条件に合う証明書はありません。', en: 'No certificate matches.' },
  name: { ja: 'CN', en: 'CN' },
  status: { ja: '状態', en: 'Status' },
  ends: { ja: '有効期限', en: 'Ends' },
  began: { ja: '発行', en: 'Issued' },
  serial: { ja: 'シリアル番号', en: 'Serial' },
}

interface Filter {
  q: string
  /** Those that end in this month of Japan, such as `2026-04`. */
  month: string | null
  /** Part of the name of the CA. */
  issuer: string | null
}

const useCertificates = ({ q, month, issuer }: Filter) =>
  useList<Certificate>(['certificates', 'list', q, month, issuer], async (after) => {
    const range = month !== null && rangeOf(month)
    const query = { ...(q && { q }), ...range, ...(issuer && { issuer }), limit: 100, after }
    const { certificates: rows, next } = await unwrap(api.GET('/v1/certificates', { params: { query } }))
    return { rows, next }
  })

/** What can be renewed or revoked. */
const isLive = ({ status, notAfter }: Certificate): boolean =>
  status === 'valid' && new Date(notAfter) > new Date()

export function CertificateList({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [search] = useSearchParams()
  const [month, issuer] = [search.get('month'), search.get('issuer')]
  const query = useCertificates({ q: (search.get('q') ?? '').trim(), month, issuer })
  const live = (query.data?.pages.flatMap(({ rows }) => rows) ?? []).filter(isLive)
  const ticks = useTicks({ rows: live, idOf: ({ serial }) => serial, nameOf: ({ commonName }) => commonName })
  const mayChange = operator.scopes.includes('certificates:write') && live.length > 0
  const columns = useColumns()
  return (
    <Page title={t(text.title)}>
      <SearchBox label={t(text.search)} />
      <Section title={t(text.timeline)}>
        <ExpiryChart chosen={month} />
      </Section>
      {month !== null && <Chosen words={t(text.inMonth, { month })} />}
      {issuer !== null && <Chosen words={t(text.ofIssuer, { issuer })} />}
      {mayChange && <BulkBar ticks={ticks} />}
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ serial }) => serial}
        columns={mayChange ? [ticks.column, ...columns] : columns}
      />
    </Page>
  )
}

function Chosen({ words }: { words: string }) {
  const { t } = useWords()
  return (
    <p className="chosen">
      {words} <Link href="/certificates">{t(text.all)}</Link>
    </p>
  )
}

function useColumns(): Column<Certificate>[] {
  const { t } = useWords()
  return [
    {
      title: t(text.name),
      kind: 'wide',
      cell: ({ serial, commonName }) => <Link href={`/certificates/${serial}`}>{commonName}</Link>,
    },
    {
      title: t(text.status),
      cell: ({ status, notAfter }) => <CertificateBadge status={status} notAfter={notAfter} />,
    },
    { title: t(text.ends), cell: ({ notAfter }) => <Time at={notAfter} dayOnly /> },
    { title: t(text.began), cell: ({ notBefore }) => <Time at={notBefore} dayOnly /> },
    { title: t(text.serial), cell: ({ serialHex }) => <code className="hash">{serialHex}</code> },
  ]
}
