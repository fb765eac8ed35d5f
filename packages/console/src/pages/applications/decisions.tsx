/** Who decided what about an application, and why. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Empty, Shown } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Table } from '../../ui/table.js'
import { Time } from '../../ui/time.js'

const text = {
  title: { ja: '承認と却下', en: 'Decisions' },
  none: { ja: '誰も決めていません。', en: 'Nobody has decided.' },
  byRule: {
    ja: '承認済みの範囲なので、誰も待たずに進みました。',
    en: 'Inside a lasting approval: it waited for nobody.',
  },
  who: { ja: '誰が', en: 'Who' },
  decision: { ja: '決定', en: 'Decision' },
  reason: { ja: '理由', en: 'Reason' },
  at: { ja: '日時', en: 'When' },
  approve: { ja: '承認', en: 'Approved' },
  once: { ja: '今回だけ承認', en: 'Approved once' },
  reject: { ja: '却下', en: 'Rejected' },
}

export function Decisions({ application }: { application: Schemas['Application'] }) {
  const { t } = useWords()
  const { id, state, approvalId } = application
  const query = useQuery({
    queryKey: ['applications', id, 'decisions', state],
    queryFn: () => unwrap(api.GET('/v1/applications/{id}/decisions', { params: { path: { id } } })),
  })
  return (
    <Section title={t(text.title)}>
      <Shown query={query}>
        {({ decisions }) =>
          decisions.length === 0 ? (
            <Empty>{t(approvalId ? text.byRule : text.none)}</Empty>
          ) : (
            <Table
              label={t(text.title)}
              rows={decisions}
              keyOf={({ actor, decidedAt }) => actor + decidedAt}
              columns={[
                { title: t(text.who), cell: ({ displayName, actor }) => displayName ?? actor },
                {
                  title: t(text.decision),
                  cell: ({ decision, once }) => (
                    <Badge tone={decision === 'approve' ? 'good' : 'bad'}>
                      {t(text[once ? 'once' : decision])}
                    </Badge>
                  ),
                },
                {
                  title: t(text.reason),
                  kind: 'wide',
                  cell: ({ reason }) => <span className="value">{reason ?? '–'}</span>,
                },
                { title: t(text.at), cell: ({ decidedAt }) => <Time at={decidedAt} /> },
              ]}
            />
          )
        }
      </Shown>
    </Section>
  )
}
