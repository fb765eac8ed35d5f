/** One plan: which certificates it is about, and the question before it is carried out. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { AskButton } from '../../ui/ask-button.js'
import { Facts } from '../../ui/facts.js'
import { Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { reasons } from '../../ui/reasons.js'
import { CertificateBadge } from '../../ui/state.js'
import { type Column, Table } from '../../ui/table.js'
import { Time, useDates } from '../../ui/time.js'
import { actions, criteriaIn } from './words.js'

type Incident = Schemas['IncidentWithCertificates']

const text = {
  title: { ja: '計画', en: 'Plan' },
  criteria: { ja: '条件', en: 'Criteria' },
  reason: { ja: '失効理由', en: 'Reason' },
  comment: { ja: 'コメント', en: 'Comment' },
  replaceBy: { ja: '再発行の期限', en: 'To be replaced by' },
  count: { ja: '証明書の件数', en: 'Certificates' },
  created: { ja: '作成', en: 'Made' },
  confirmed: { ja: '実施', en: 'Carried out' },
  certificates: { ja: '対象の証明書', en: 'The certificates' },
  name: { ja: 'CN', en: 'CN' },
  status: { ja: '状態', en: 'Status' },
  ends: { ja: '有効期限', en: 'Ends' },
  serial: { ja: 'シリアル番号', en: 'Serial' },
  more: {
    ja: '{count}件のうち、期限が早い{shown}件を表示しています。全件はAPI（GET /v1/incidents/ID）で確認できます。',
    en: 'The {shown} that end first, of {count}. The API tells all of them (GET /v1/incidents/ID).',
  },
  confirm: { ja: '実施する…', en: 'Carry out…' },
  confirmTitle: {
    ja: '{count}件の証明書について実施しますか',
    one: 'Carry it out for {count} certificate?',
    en: 'Carry it out for {count} certificates?',
  },
  confirmAct: { ja: '{count}件を実施する', en: 'Carry out for {count}' },
  effects: {
    revoke: {
      ja: '失効申請を発行システムに送ります。失効すると、これらの証明書を使うサーバに接続できなくなります。元に戻せません。',
      en: 'Revocations are applied for. Once revoked, clients refuse servers that still use these certificates. This cannot be undone.',
    },
    reissue: {
      ja: 'ACMEクライアントに、早めの更新を伝えます。証明書は失効しません。',
      en: 'ACME clients are told to renew early. No certificate is revoked.',
    },
  },
}

/** Longer lists make no page. */
const shownAtMost = 500

export function IncidentDetail({ id, operator }: { id: string; operator: Operator }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['incidents', id],
    queryFn: () => unwrap(api.GET('/v1/incidents/{id}', { params: { path: { id } } })),
  })
  const incident = query.data
  const mayConfirm = operator.scopes.includes('certificates:write') && incident?.confirmedAt === null
  return (
    <Page
      title={incident ? t(actions[incident.action]) : t(text.title)}
      actions={mayConfirm && <Confirm incident={incident} />}
    >
      <Shown query={query}>{(shown) => <Plan incident={shown} />}</Shown>
    </Page>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function Plan({ incident }: { incident: Incident }) {
  const { t } = useWords()
  const columns = useColumns()
  const dates = useDates()
  const { terms, certificates, count } = incident
  const reason = reasons[textOf(terms.reason)]
  return (
    <>
      <section className="card">
        <Facts
          entries={[
            [
              t(text.criteria),
              <span className="value">
                {criteriaIn(incident.criteria, dates.minute)
                  .map((line) => t(line))
                  .join('\n')}
              </span>,
            ],
            [t(text.reason), reason && t(reason)],
            [t(text.comment), textOf(terms.comment)],
            [t(text.replaceBy), textOf(terms.replaceBy) && <Time at={textOf(terms.replaceBy)} />],
            [t(text.count), String(count)],
            [t(text.created), <Time at={incident.createdAt} />],
            [t(text.confirmed), incident.confirmedAt && <Time at={incident.confirmedAt} />],
          ]}
        />
      </section>
      <Section title={t(text.certificates)}>
        <Table
          rows={certificates.slice(0, shownAtMost)}
          label={t(text.certificates)}
          keyOf={({ serial }) => serial}
          columns={columns}
        />
        {count > shownAtMost && <p>{t(text.more, { shown: shownAtMost, count })}</p>}
      </Section>
    </>
  )
}

function useColumns(): Column<Schemas['PlannedCertificate']>[] {
  const { t } = useWords()
  return [
    {
      title: t(text.name),
      kind: 'wide',
      cell: ({ serial, commonName }) => <Link href={`/certificates/${serial}`}>{commonName || serial}</Link>,
    },
    {
      title: t(text.status),
      cell: ({ status, notAfter }) => <CertificateBadge status={status} notAfter={notAfter} />,
    },
    { title: t(text.ends), cell: ({ notAfter }) => <Time at={notAfter} dayOnly /> },
    { title: t(text.serial), cell: ({ serial }) => <code className="hash">{serial}</code> },
  ]
}

function Confirm({ incident: { id, action, count } }: { incident: Incident }) {
  const { t, n } = useWords()
  const params = { path: { id } }
  return (
    <AskButton
      open={t(text.confirm)}
      className="danger"
      isDisabled={count === 0}
      title={n(text.confirmTitle, count)}
      act={t(text.confirmAct, { count })}
      isDanger
      work={() => unwrap(api.POST('/v1/incidents/{id}/confirm', { params, body: { count } }))}
    >
      <p>{t(text.effects[action])}</p>
    </AskButton>
  )
}
