/** Approve or reject, one or many: always after saying what will happen. */
import { useState } from 'react'
import { api, type Schemas, toProblem, unwrap } from '../../api/client.js'
import { useOrganisations } from '../../api/queries.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { TextField } from '../../ui/field.js'
import { TickBar, type Ticks } from '../../ui/ticks.js'
import { canLast, LastingChoice } from './lasting.js'
import { nameOf } from './name-of.js'

type Application = Schemas['Application']

const text = {
  all: { ja: '承認待ち{total}件をすべて選択', en: 'Select all {total} that wait' },
  approve: { ja: '承認…', en: 'Approve…' },
  reject: { ja: '却下…', en: 'Reject…' },
  approveTitle: { ja: '{count}件の申請を承認しますか', en: 'Approve {count} application(s)?' },
  approveEffect: {
    ja: '承認すると送信の順番に入り、まもなく発行システムに送られます。取り消しはできません。',
    en: 'They are queued and soon sent to the issuance system. This cannot be undone.',
  },
  approveEffectOfTwo: {
    ja: '2名の承認が必要です。2人目が承認すると送信の順番に入り、発行システムに送られます。取り消しはできません。',
    en: 'Two operators have to approve: with the second they are queued and sent to the issuance system. This cannot be undone.',
  },
  approveAct: { ja: '承認する', en: 'Approve' },
  rejectTitle: { ja: '{count}件の申請を却下しますか', en: 'Reject {count} application(s)?' },
  rejectEffect: {
    ja: '申請は送られずに終わり、理由が申請者に伝えられます。取り消しはできません。',
    en: 'They end without being sent, and the applicant is told the reason. This cannot be undone.',
  },
  rejectAct: { ja: '却下する', en: 'Reject' },
  reason: { ja: '理由（申請者に伝わります）', en: 'Reason (told to the applicant)' },
}

type Decision = 'approve' | 'reject'

/** As many as the API takes at once. @throws Problem of the first that was hindered; the others are decided */
async function decide(body: Schemas['DecisionsInput']): Promise<void> {
  const { results } = await unwrap(api.POST('/v1/applications/decisions', { body }))
  const hindered = results.find(({ problem }) => problem)?.problem
  if (hindered) throw toProblem(hindered.status, hindered)
}

interface DecideProps {
  applications: readonly Application[]
  decision: Decision
  onClose: () => void
}

function DecideDialog({ applications, decision, onClose }: DecideProps) {
  const { t } = useWords()
  const [reason, setReason] = useState('')
  const [isOnce, setOnce] = useState(false)
  const ids = applications.map(({ id }) => id)
  const isRejecting = decision === 'reject'
  const isOfTwo = useOrganisations().data?.organisations[0]?.approvers === 2
  const effect = isOfTwo ? text.approveEffectOfTwo : text.approveEffect
  const more = isRejecting ? { reason } : { approval: { once: isOnce } }
  const count = applications.length
  return (
    <Ask
      title={t(isRejecting ? text.rejectTitle : text.approveTitle, { count })}
      act={t(isRejecting ? text.rejectAct : text.approveAct)}
      isDanger={isRejecting}
      work={() => decide({ ids, decision, ...more })}
      onClose={onClose}
    >
      <ul className="names">
        {applications.map((application) => (
          <li key={application.id}>{nameOf(application)}</li>
        ))}
      </ul>
      <p>{t(isRejecting ? text.rejectEffect : effect)}</p>
      {!isRejecting && applications.some(canLast) && (
        <LastingChoice applications={applications} isOnce={isOnce} onChange={setOnce} />
      )}
      {isRejecting && (
        <TextField
          label={t(text.reason)}
          value={reason}
          onChange={setReason}
          rows={3}
          maxLength={500}
          isRequired
        />
      )}
    </Ask>
  )
}

export function DecideButtons({ applications }: { applications: readonly Application[] }) {
  const { t } = useWords()
  const [decision, setDecision] = useState<Decision>()
  const isIdle = applications.length === 0
  return (
    <>
      <button type="button" className="primary" disabled={isIdle} onClick={() => setDecision('approve')}>
        {t(text.approve)}
      </button>
      <button type="button" className="danger" disabled={isIdle} onClick={() => setDecision('reject')}>
        {t(text.reject)}
      </button>
      {decision && (
        <DecideDialog
          applications={applications}
          decision={decision}
          onClose={() => setDecision(undefined)}
        />
      )}
    </>
  )
}

export const DecideBar = ({ ticks }: { ticks: Ticks<Application> }) => (
  <TickBar ticks={ticks} all={text.all}>
    <DecideButtons applications={ticks.chosen} />
  </TickBar>
)
