/** Makes an approval, renews one, ends one. */
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { endOfDay, FormDialog, type FormField, namesOf, type Values } from '../../ui/form-dialog.js'
import { namesHint } from '../../ui/names-hint.js'
import { useDates } from '../../ui/time.js'

type Approval = Schemas['Approval']

const text = {
  names: { ja: '承認済みの名前', en: 'Approved names' },
  until: { ja: '期限', en: 'Until' },
  untilOrNever: { ja: '期限（空欄なら無期限）', en: 'Until (without end when empty)' },
  makeTitle: { ja: '申請の前に承認する', en: 'Approve before anybody applies' },
  makeEffect: {
    ja: 'この利用管理者からの、下の名前の申請は、担当者を待たずに発行システムに送られます。',
    en: 'Applications of this subscriber for the names are sent to the issuance system without waiting.',
  },
  makeAct: { ja: '承認する', en: 'Approve' },
  renewTitle: { ja: '承認を延長する', en: 'Renew the approval' },
  renewEffect: {
    ja: '承認は、選んだ日の終わりまでになります。いまの期限：{until}',
    en: 'It then lasts until the end of the day that you choose. Now: {until}',
  },
  unlimited: { ja: '無期限', en: 'without end' },
  renewAct: { ja: '延長する', en: 'Renew' },
  endTitle: { ja: 'この承認を終えますか', en: 'End this approval?' },
  endEffect: {
    ja: '以後の申請は担当者の承認を待ちます。この承認で作られたアカウントも注文できなくなります。進行中の申請はそのまま進みます。',
    en: 'From now on applications wait for an operator, and accounts made under it can order no more. What is under way goes on.',
  },
  endAct: { ja: '終える', en: 'End it' },
}

const until: FormField = { name: 'until', label: text.until, type: 'date' }

const fields: readonly FormField[] = [
  {
    name: 'email',
    label: { ja: '利用管理者E-mail', en: 'Subscriber e-mail' },
    type: 'email',
    maxLength: 78,
    isRequired: true,
  },
  { name: 'name', label: { ja: '利用管理者氏名', en: 'Subscriber name' }, maxLength: 64 },
  { name: 'department', label: { ja: '利用管理者所属', en: 'Subscriber department' }, maxLength: 64 },
  {
    name: 'names',
    label: text.names,
    hint: namesHint,
    rows: 3,
    mono: true,
    isRequired: true,
  },
  { ...until, label: text.untilOrNever },
]

function toInput({ email = '', name, department, names, until: day }: Values): Schemas['ApprovalInput'] {
  return {
    subscriber: { email, ...(name && { name }), ...(department && { department }) },
    names: namesOf(names),
    ...(day && { validUntil: endOfDay(day) }),
  }
}

export type Doing = { what: 'make' } | { what: 'renew' | 'end'; approval: Approval }

export function ApprovalDialog({ doing, onClose }: { doing: Doing; onClose: () => void }) {
  const { t } = useWords()
  const dates = useDates()
  if (doing.what === 'make')
    return (
      <FormDialog
        title={t(text.makeTitle)}
        act={t(text.makeAct)}
        fields={fields}
        work={(values) => unwrap(api.POST('/v1/approvals', { body: toInput(values) }))}
        onClose={onClose}
      >
        <p>{t(text.makeEffect)}</p>
      </FormDialog>
    )
  const { id, names, validUntil } = doing.approval
  const params = { path: { id } }
  if (doing.what === 'renew')
    return (
      <FormDialog
        title={t(text.renewTitle)}
        act={t(text.renewAct)}
        fields={[{ ...until, isRequired: true }]}
        work={({ until: day = '' }) =>
          unwrap(api.POST('/v1/approvals/{id}/renew', { params, body: { validUntil: endOfDay(day) } }))
        }
        onClose={onClose}
      >
        <p className="value">{names.join('\n')}</p>
        <p>{t(text.renewEffect, { until: validUntil ? dates.day(validUntil) : t(text.unlimited) })}</p>
      </FormDialog>
    )
  return (
    <Ask
      title={t(text.endTitle)}
      act={t(text.endAct)}
      isDanger
      work={() => unwrap(api.POST('/v1/approvals/{id}/revoke', { params }))}
      onClose={onClose}
    >
      <p className="value">{names.join('\n')}</p>
      <p>{t(text.endEffect)}</p>
    </Ask>
  )
}
