/** The inventory: what ends first comes first. */
import { Link, useSearchParams } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { List } from '../../ui/list.js'
import { Page, Section } from '../../ui/page.js'
import { CertificateBadge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
import { ExpiryChart } from './expiry-chart.js'

const text = {
  title: { ja: '証明書', en: 'Certificates' },
  search: { ja: '名前・DN・シリアル番号から検索', en: 'Search names, subject, serial' },
  timeline: { ja: '有効期限の分布（表示中の有効な証明書）', en: 'When they end (valid ones shown)' },
  none: { ja: '条件に合う証明書はありません。', en: 'No certificate matches.' },
  name: { ja: 'CN', en: 'CN' },
  status: { ja: '状態', en: 'Status' },
  ends: { ja: '有効期限', en: 'Ends' },
  began: { ja: '発行', en: 'Issued' },
  serial: { ja: 'シリアル番号', en: 'Serial' },
}

const useCertificates = (q: string) =>
  useList<Schemas['CertificateSummary']>(['certificates', 'list', q], async (after) => {
    const query = { ...(q && { q }), limit: 200, after }
    const { certificates: rows, next } = await unwrap(api.GET('/v1/certificates', { params: { query } }))
    return { rows, next }
  })

export function CertificateList() {
  const { t } = useWords()
  const [search, setSearch] = useSearchParams()
  const q = search.get('q') ?? ''
  const query = useCertificates(q.trim())
  const valid = (query.data?.pages.flatMap(({ rows }) => rows) ?? []).filter(
    ({ status }) => status === 'valid',
  )
  return (
    <Page title={t(text.title)}>
      <search className="filters">
        <label>
          {t(text.search)}
          <input
            type="search"
            value={q}
            onChange={(event) =>
              setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true })
            }
          />
        </label>
      </search>
      {valid.length > 0 && (
        <Section title={t(text.timeline)}>
          <ExpiryChart ends={valid.map(({ notAfter }) => notAfter)} />
        </Section>
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
