/** The question before one or many are approved or rejected: what will happen, and of those that were hindered, why. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useOrganisations } from '../../api/queries.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { TextField } from '../../ui/field.js'
import { Shown } from '../../ui/outcome.js'
import { canLast, LastingChoice } from './lasting.js'
import { nameOf } from './name-of.js'

type Application = Schemas['Application']

const text = {
  approveTitle: {
    ja: '{count}件の申請を承認しますか',
    one: 'Approve {count} application?',
    en: 'Approve {count} applications?',
  },
  approveEffect: {
    ja: '承認すると送信の順番に入り、まもなく発行システムに送られます。取り消しはできません。',
    en: 'What you approve is queued and soon sent to the issuance system. This cannot be undone.',
  },
  approveEffectOfTwo: {
    ja: '2名の承認が必要です。2人目が承認すると送信の順番に入り、発行システムに送られます。取り消しはできません。',
    en: 'Two operators have to approve: with the second it is queued and sent to the issuance system. This cannot be undone.',
  },
  approveAct: { ja: '承認する', en: 'Approve' },
  rejectTitle: {
    ja: '{count}件の申請を却下しますか',
    one: 'Reject {count} application?',
    en: 'Reject {count} applications?',
  },
  rejectEffect: {
    ja: '申請は送られずに終わり、理由が申請者に伝えられます。取り消しはできません。',
    en: 'What you reject ends without being sent, and the applicant is told the reason. This cannot be undone.',
  },
  rejectAct: { ja: '却下する', en: 'Reject' },
  hindered: {
    ja: '次の申請は、できませんでした。ここにない申請は済んでいます。',
    en: 'These could not be decided; what is not listed is done.',
  },
  reason: { ja: '理由（申請者に伝わります）', en: 'Reason (told to the applicant)' },
}

export type Decision = 'approve' | 'reject'

/** Of one that the gateway did not decide. */
type Hindered = Application & { problem: Schemas['Problem'] }

/** Source: openapi/openapi.yaml, DecisionsInput. */
const atOnce = 200

/** @returns those that were hindered, with the reason; the others are decided */
async function decide(
  applications: readonly Application[],
  terms: Omit<Schemas['DecisionsInput'], 'ids'>,
): Promise<Hindered[]> {
  const hindered: Hindered[] = []
  for (let first = 0; first < applications.length; first += atOnce) {
    const some = applications.slice(first, first + atOnce)
    const body = { ids: some.map(({ id }) => id), ...terms }
    const { results } = await unwrap(api.POST('/v1/applications/decisions', { body }))
    const problems = new Map(results.map(({ id, problem }) => [id, problem]))
    hindered.push(
      ...some.flatMap((each) => {
        const problem = problems.get(each.id)
        return problem ? [{ ...each, problem }] : []
      }),
    )
  }
  return hindered
}

export interface DecideProps {
  applications: readonly Application[]
  decision: Decision
  onClose: () => void
}

export function DecideDialog({ applications: asked, decision, onClose }: DecideProps) {
  const { t, n } = useWords()
  const [applications, setApplications] = useState<readonly (Application | Hindered)[]>(asked)
  const [reason, setReason] = useState('')
  const [isOnce, setOnce] = useState(false)
  const isRejecting = decision === 'reject'
  const more = isRejecting ? { reason } : { approval: { once: isOnce } }
  const settle = (hindered: readonly Hindered[]) =>
    hindered.length === 0 ? onClose() : setApplications(hindered)
  return (
    <Ask
      title={n(isRejecting ? text.rejectTitle : text.approveTitle, applications.length)}
      act={t(isRejecting ? text.rejectAct : text.approveAct)}
      isDanger={isRejecting}
      work={() => decide(applications, { decision, ...more })}
      onDone={settle}
      onClose={onClose}
    >
      <Asked applications={applications} />
      {isRejecting ? <p>{t(text.rejectEffect)}</p> : <ApproveEffect />}
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

/** What is decided on; of those that were hindered, why. */
function Asked({ applications }: { applications: readonly (Application | Hindered)[] }) {
  const { t } = useWords()
  return (
    <>
      {applications.some((each) => 'problem' in each) && (
        <p className="notice error" role="alert">
          {t(text.hindered)}
        </p>
      )}
      <ul className="names">
        {applications.map((each) => (
          <li key={each.id}>
            {nameOf(each)}
            {'problem' in each && <div className="minor">{each.problem.detail ?? each.problem.title}</div>}
          </li>
        ))}
      </ul>
    </>
  )
}

/** How many have to approve is asked first: until it is known, nothing is said of it. */
function ApproveEffect() {
  const { t } = useWords()
  return (
    <Shown query={useOrganisations()}>
      {({ organisations: [own] }) => (
        <p>{t(own?.approvers === 2 ? text.approveEffectOfTwo : text.approveEffect)}</p>
      )}
    </Shown>
  )
}
