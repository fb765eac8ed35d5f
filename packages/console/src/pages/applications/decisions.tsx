/** Who decided what about an application, and why. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { refetchInterval } from '../../api/live.js'
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
  half: {
    ja: 'もう1名の承認を待っています。',
    en: 'It waits for the approval of another operator.',
  },
  who: { ja: '誰が', en: 'Who' },
  decision: { ja: '決定', en: 'Decision' },
  reason: { ja: '理由', en: 'Reason' },
  at: { ja: '日時', en: 'When' },
  approve: { ja: '承認', en: 'Approved' },
  once: { ja: '今回だけ承認', en: 'Approved once' },
  reject: { ja: '却下', en: 'Rejected' },
}

/** Where two must approve, the first changes nothing but these. */
export const useDecisions = ({ id, state }: Schemas['Application']) =>
  useQuery({
    queryKey: ['applications', id, 'decisions', state],
    queryFn: () => unwrap(api.GET('/v1/applications/{id}/decisions', { params: { path: { id } } })),
    refetchInterval,
  })

export function Decisions({ application }: { application: Schemas['Application'] }) {
  const { t } = useWords()
  const { state, approvalId } = application
  const query = useDecisions(application)
  const isHalf =
    state === 'awaiting-approval' &&
    query.data?.decisions.some(({ decision }) => decision === 'approve') === true
  return (
    <Section title={t(text.title)}>
      {isHalf && <p className="notice">{t(text.half)}</p>}
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
