/** What ends soon, and what was replaced and never confirmed. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Empty, Shown } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Table } from '../../ui/table.js'
import { Time } from '../../ui/time.js'

const text = {
  expiring: { ja: '期限が近い証明書', en: 'Certificates that end soon' },
  none: { ja: '30日以内に期限が来る証明書はありません。', en: 'None ends within 30 days.' },
  unconfirmed: {
    ja: '更新後の確認を待っている証明書（2週間以上）',
    en: 'Replaced two weeks ago or more, and not confirmed',
  },
  name: { ja: 'CN', en: 'CN' },
  within: { ja: '{days}日以内', en: 'within {days} days' },
  left: { ja: '残り', en: 'Left' },
  ends: { ja: '有効期限', en: 'Ends' },
}

type Row = { certificate: Schemas['CertificateSummary']; withinDays?: number }

export function Due() {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['due'],
    queryFn: () => unwrap(api.GET('/v1/due', { params: { query: { limit: 50 } } })),
  })
  return (
    <Shown query={query}>
      {({ expiring, unconfirmed }) => (
        <>
          <Section title={t(text.expiring)}>
            {expiring.length === 0 ? (
              <Empty>{t(text.none)}</Empty>
            ) : (
              <Certificates label={t(text.expiring)} rows={expiring} />
            )}
          </Section>
          {unconfirmed.length > 0 && (
            <Section title={t(text.unconfirmed)}>
              <Certificates
                label={t(text.unconfirmed)}
                rows={unconfirmed.map((certificate) => ({ certificate }))}
              />
            </Section>
          )}
        </>
      )}
    </Shown>
  )
}

function Certificates({ label, rows }: { label: string; rows: readonly Row[] }) {
  const { t } = useWords()
  return (
    <Table
      label={label}
      rows={rows}
      keyOf={({ certificate }) => certificate.serial}
      columns={[
        {
          title: t(text.name),
          kind: 'wide',
          cell: ({ certificate: { serial, commonName } }) => (
            <Link href={`/certificates/${serial}`}>{commonName}</Link>
          ),
        },
        {
          title: t(text.left),
          cell: ({ withinDays }) =>
            withinDays !== undefined && (
              <Badge tone={withinDays <= 7 ? 'bad' : 'wait'}>{t(text.within, { days: withinDays })}</Badge>
            ),
        },
        { title: t(text.ends), cell: ({ certificate }) => <Time at={certificate.notAfter} dayOnly /> },
      ]}
    />
  )
}
