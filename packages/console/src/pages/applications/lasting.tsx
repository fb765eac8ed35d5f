/** What approving makes besides: an approval of the renewals too, or nothing. */
import type { Schemas } from '../../api/client.js'
import { useOwnOrganisation } from '../../api/queries.js'
import { useWords } from '../../i18n/language.js'
import { Choice } from '../../ui/field.js'

type Application = Schemas['Application']

const text = {
  label: { ja: '今後の更新', en: 'Renewals' },
  lasting: { ja: '更新も承認する', en: 'Approve them too' },
  once: { ja: '今回だけ承認する', en: 'Approve this alone' },
  subscriber: {
    ja: '同じ利用管理者・名前・証明書プロファイルの申請は、{days}日間、承認を待たずに進みます。',
    en: 'Applications of the same subscriber, names and profile wait for nobody for {days} days.',
  },
  account: {
    ja: 'このACMEアカウントの同じ名前の注文は、今後、承認を待たずに進みます。',
    en: 'Orders of the ACME account for the same names wait for nobody from now on.',
  },
  end: {
    ja: '「継続的な承認」でいつでも終えられます。',
    en: 'Under "Approvals" it can be ended at any time.',
  },
  ofTwo: {
    ja: '2名のどちらかが「今回だけ承認する」を選ぶと、今回だけになります。',
    en: 'If one of the two approves this alone, nothing of it lasts.',
  },
  nothing: { ja: '次の申請は、また承認を待ちます。', en: 'The next application waits for approval again.' },
}

/** Revocations and certificates of persons are approved one by one anyhow. */
export const canLast = ({ kind }: Application): boolean => kind === 'server-issue' || kind === 'server-renew'

const isOfAccount = ({ createdBy }: Application): boolean => createdBy.startsWith('account:')

interface LastingChoiceProps {
  applications: readonly Application[]
  isOnce: boolean
  onChange: (isOnce: boolean) => void
}

export function LastingChoice({ applications, isOnce, onChange }: LastingChoiceProps) {
  const { t } = useWords()
  const own = useOwnOrganisation()
  const days = own?.approvalDays ?? '…'
  const lasting = applications.filter(canLast)
  const hints = [
    ...(lasting.some((each) => !isOfAccount(each)) ? [t(text.subscriber, { days })] : []),
    ...(lasting.some(isOfAccount) ? [t(text.account)] : []),
    t(text.end),
    ...(own?.approvers === 2 ? [t(text.ofTwo)] : []),
  ]
  return (
    <Choice
      label={t(text.label)}
      hint={isOnce ? t(text.nothing) : hints.join(' ')}
      value={isOnce ? 'once' : 'lasting'}
      onChange={(value) => onChange(value === 'once')}
      options={[
        { value: 'lasting', label: t(text.lasting) },
        { value: 'once', label: t(text.once) },
      ]}
    />
  )
}
