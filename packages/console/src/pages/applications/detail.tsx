/** One application: where it stands, what it asks for, what the check found, and what else there is of its CN. */
import { kindTables } from '@upki-gateway/shared/tsv'
import { Link } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { useApplication, useApplications, useOwnOrganisation } from '../../api/queries.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Facts } from '../../ui/facts.js'
import { Findings } from '../../ui/findings.js'
import { fieldName, fieldValue, kindTitle } from '../../ui/kinds.js'
import { More } from '../../ui/more.js'
import { Empty, Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { Serial } from '../../ui/serial.js'
import { ApplicationBadge } from '../../ui/state.js'
import { Table } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { Inspection } from '../inspection.js'
import { CancelButton, canCancel } from './cancel.js'
import { DecideButtons, useDeciding } from './decide.js'
import { Decisions, useDecisions } from './decisions.js'
import { nameOf } from './name-of.js'

type Application = Schemas['Application']

const text = {
  title: { ja: '申請', en: 'Application' },
  state: { ja: '状態', en: 'State' },
  kind: { ja: '種類', en: 'Kind' },
  organisation: { ja: '機関', en: 'Organisation' },
  created: { ja: '受付', en: 'Received' },
  updated: { ja: '更新', en: 'Updated' },
  certificate: { ja: '証明書', en: 'Certificate' },
  file: { ja: 'ファイル', en: 'File' },
  toFile: { ja: 'ファイルを見る', en: 'See the file' },
  approval: { ja: '承認', en: 'Approval' },
  toApproval: { ja: '継続的な承認を見る', en: 'See the lasting approval' },
  fields: { ja: '申請の内容（TSVの列）', en: 'What it asks for (columns of the TSV)' },
  filled: { ja: 'ゲートウェイが補ったもの', en: 'What the gateway filled in' },
  findings: { ja: '所見', en: 'Findings' },
  noFindings: { ja: '問題は見つかっていません。', en: 'The check found nothing to remark.' },
  csr: { ja: 'CSRの中身', en: 'The CSR, decoded' },
  failure: { ja: '失敗の理由', en: 'Why it failed' },
  upstream: { ja: '発行システムのエラー {code}', en: 'Error {code} of the issuance system' },
  history: { ja: '同じCNのほかの申請', en: 'Other applications for this CN' },
  noHistory: { ja: 'ほかの申請はありません。', en: 'There is no other.' },
  why: { ja: '理由', en: 'Why' },
  field: { ja: '項目', en: 'Field' },
  value: { ja: '値', en: 'Value' },
}

export function ApplicationDetail({ id, operator }: { id: string; operator: Operator }) {
  const { t } = useWords()
  const query = useApplication(id)
  const name = query.data && nameOf(query.data)
  return (
    <Page
      title={name ?? t(text.title)}
      actions={query.data && <Acts application={query.data} operator={operator} />}
    >
      <Shown query={query}>
        {(application) => (
          <>
            <Overview application={application} />
            {application.failure && <Failure failure={application.failure} />}
            <Remarks findings={application.findings} />
            <Fields application={application} />
            {typeof application.fields.csr === 'string' && (
              <Section title={t(text.csr)}>
                <Inspection input={application.fields.csr} />
              </Section>
            )}
            <Decisions application={application} />
            <History application={application} />
          </>
        )}
      </Shown>
    </Page>
  )
}

/** Where two must approve, whoever applied is none of them, and nobody is both. Source: docs/operations.md, "Approvals". */
function useMayApprove(application: Application, { id }: Operator): boolean {
  const isOfTwo = useOwnOrganisation()?.approvers === 2
  const { data } = useDecisions(application)
  const own = `operator:${id}`
  const isTaken = application.createdBy === own || data?.decisions.some(({ actor }) => actor === own)
  return !(isOfTwo && isTaken)
}

function Acts({ application, operator }: { application: Application; operator: Operator }) {
  const { ask, dialog } = useDeciding()
  const mayDecide = application.state === 'awaiting-approval' && may(operator, 'applications:approve')
  const mayApprove = useMayApprove(application, operator)
  return (
    <>
      {mayDecide && <DecideButtons applications={[application]} mayApprove={mayApprove} onAsk={ask} />}
      {canCancel(application, operator) && <CancelButton application={application} />}
      {dialog}
    </>
  )
}

function Overview({ application }: { application: Application }) {
  const { t } = useWords()
  const { certificateSerial: serial } = application
  return (
    <section className="card">
      <div aria-live="polite">
        <Facts
          entries={[
            [t(text.state), <ApplicationBadge state={application.state} />],
            [t(text.kind), t(kindTitle(application.kind))],
            [t(text.organisation), application.organisation],
            [t(text.created), <Time at={application.createdAt} />],
            [t(text.updated), <Time at={application.updatedAt} />],
            [
              t(text.file),
              application.batchId && <Link href={`/batches/${application.batchId}`}>{t(text.toFile)}</Link>,
            ],
            [
              t(text.approval),
              application.approvalId && (
                <Link href={`/approvals?id=${application.approvalId}`}>{t(text.toApproval)}</Link>
              ),
            ],
            [
              t(text.certificate),
              serial && (
                <>
                  <Link href={`/certificates/${serial}`}>{t(text.certificate)}</Link>
                  <Serial serial={serial} />
                </>
              ),
            ],
          ]}
        />
      </div>
    </section>
  )
}

function Failure({ failure }: { failure: Schemas['Failure'] }) {
  const { t } = useWords()
  return (
    <div className="notice error">
      <h2>{t(text.failure)}</h2>
      {failure.upstreamCode && <p>{t(text.upstream, { code: failure.upstreamCode })}</p>}
      <p>{t(failure.message)}</p>
      <p className="remedy">{t(failure.remedy)}</p>
    </div>
  )
}

function Remarks({ findings }: { findings: readonly Schemas['Finding'][] }) {
  const { t } = useWords()
  return (
    <Section title={t(text.findings)}>
      {findings.length === 0 ? <Empty>{t(text.noFindings)}</Empty> : <Findings findings={findings} />}
    </Section>
  )
}

/** As the columns stand in the TSV. */
function inOrder(kind: Application['kind'], fields: Application['fields']): [string, unknown][] {
  const columns: (string | undefined)[] = kindTables[kind].columns.map(({ field }) => field)
  return Object.entries(fields).toSorted(([a], [b]) => columns.indexOf(a) - columns.indexOf(b))
}

const shown = (value: unknown): string => (Array.isArray(value) ? value.join('\n') : String(value))

function Fields({ application: { kind, fields, filled, findings } }: { application: Application }) {
  const { t } = useWords()
  const entries = inOrder(kind, fields).map(([field, value]) => {
    const own = findings.filter((finding) => finding.field === field)
    return [
      t(fieldName(kind, field)),
      <>
        {field === 'csr' ? (
          // It scrolls, so it takes the focus: a keyboard has no wheel.
          <code className="value clipped" tabIndex={0} role="region" aria-label="CSR">
            {shown(value)}
          </code>
        ) : (
          <span className="value">{shown(value)}</span>
        )}
        {own.length > 0 && <Findings findings={own} />}
      </>,
    ] as const
  })
  return (
    <Section title={t(text.fields)}>
      <Facts entries={entries} />
      {filled.length > 0 && (
        <>
          <h3>{t(text.filled)}</h3>
          <Table
            label={t(text.filled)}
            rows={filled}
            keyOf={({ field }) => field}
            columns={[
              { title: t(text.field), cell: ({ field }) => t(fieldName(kind, field)) },
              {
                title: t(text.value),
                cell: ({ field, value }) => <span className="value">{t(fieldValue(field, value))}</span>,
              },
              { title: t(text.why), cell: ({ why }) => t(why), kind: 'wide' },
            ]}
          />
        </>
      )}
    </Section>
  )
}

function History({ application }: { application: Application }) {
  const { t } = useWords()
  const query = useApplications({ commonName: nameOf(application) })
  const others = (query.data?.pages.flatMap((page) => page.applications) ?? []).filter(
    ({ id }) => id !== application.id,
  )
  return (
    <Section title={t(text.history)}>
      <Shown query={query}>
        {() => (others.length > 0 ? <Others rows={others} /> : <Empty>{t(text.noHistory)}</Empty>)}
      </Shown>
      <More query={query} />
    </Section>
  )
}

function Others({ rows }: { rows: readonly Application[] }) {
  const { t } = useWords()
  return (
    <Table
      label={t(text.history)}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t(text.kind),
          cell: ({ id, kind }) => <Link href={`/applications/${id}`}>{t(kindTitle(kind))}</Link>,
          kind: 'wide',
        },
        { title: t(text.state), cell: ({ state }) => <ApplicationBadge state={state} /> },
        { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} /> },
      ]}
    />
  )
}
