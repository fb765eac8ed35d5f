/** The inventory: what ends first comes first. */
import { Link, useSearchParams } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { List } from '../../ui/list.js'
import { Page, Section } from '../../ui/page.js'
import { SearchBox } from '../../ui/search-box.js'
import { CertificateBadge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
import { ExpiryChart } from './expiry-chart.js'
import { rangeOf } from './months.js'

const text = {
  title: { ja: '証明書', en: 'Certificates' },
  search: { ja: '名前・DN・シリアル番号から検索', en: 'Search names, subject, serial' },
  timeline: { ja: '有効期限が来る証明書（月別）', en: 'When certificates end, by month' },
  inMonth: { ja: '{month}に期限が来る証明書を表示しています。', en: 'Certificates that end in {month}.' },
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
}

const useCertificates = ({ q, month }: Filter) =>
  useList<Schemas['CertificateSummary']>(['certificates', 'list', q, month], async (after) => {
    const query = { ...(q && { q }), ...(month !== null && rangeOf(month)), limit: 100, after }
    const { certificates: rows, next } = await unwrap(api.GET('/v1/certificates', { params: { query } }))
    return { rows, next }
  })

export function CertificateList() {
  const { t } = useWords()
  const [search] = useSearchParams()
  const month = search.get('month')
  const query = useCertificates({ q: (search.get('q') ?? '').trim(), month })
  return (
    <Page title={t(text.title)}>
      <SearchBox label={t(text.search)} />
      <Section title={t(text.timeline)}>
        <ExpiryChart chosen={month} />
      </Section>
      {month !== null && (
        <p className="chosen">
          {t(text.inMonth, { month })} <Link href="/certificates">{t(text.all)}</Link>
        </p>
      )}
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ serial }) => serial}
        columns={[
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
        ]}
      />
    </Page>
  )
}
