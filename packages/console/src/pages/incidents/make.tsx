/** Plans an act on many certificates. */
import { useLocation } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { endOfDay, filledIn, FormDialog, type FormField, type Values } from '../../ui/form-dialog.js'
import { reasonOptions } from '../../ui/reasons.js'
import { actions } from './words.js'

const text = {
  action: { ja: '内容', en: 'Act' },
  makeTitle: { ja: '新しい計画', en: 'New plan' },
  effect: {
    ja: '条件に合う有効な証明書を挙げます。まだ何も起きません。',
    en: 'Names the valid certificates that match. Nothing is done yet.',
  },
  act: { ja: '計画を作る', en: 'Make the plan' },
}

const fields: readonly FormField[] = [
  {
    name: 'type',
    label: text.action,
    options: [
      { value: 'reissue', label: actions.reissue },
      { value: 'revoke', label: actions.revoke },
    ],
  },
  { name: 'q', label: { ja: '名前・DNの一部', en: 'Part of a name or the subject' }, maxLength: 100 },
  {
    name: 'issuer',
    label: { ja: '発行認証局の名前の一部', en: 'Part of the name of the issuing CA' },
    maxLength: 100,
  },
  { name: 'issuedFrom', label: { ja: '発行日がこの日以後', en: 'Issued on or after' }, type: 'date' },
  { name: 'issuedBefore', label: { ja: '発行日がこの日より前', en: 'Issued before' }, type: 'date' },
  {
    name: 'reason',
    label: { ja: '失効理由（失効の場合）', en: 'Reason (of a revocation)' },
    options: reasonOptions,
  },
  {
    name: 'replaceBy',
    label: { ja: 'いつまでに再発行するか（再発行の場合）', en: 'To be replaced by (of a re-issue)' },
    type: 'date',
  },
]

const startOfDay = (day: string): string => new Date(`${day}T00:00:00`).toISOString()

function toInput(values: Values): Schemas['IncidentInput'] {
  const { q, issuer, issuedFrom, issuedBefore, replaceBy, reason } = filledIn(values)
  const criteria = {
    ...(q && { q }),
    ...(issuer && { issuer }),
    ...(issuedFrom && { issuedFrom: startOfDay(issuedFrom) }),
    ...(issuedBefore && { issuedBefore: startOfDay(issuedBefore) }),
  }
  if (values.type === 'revoke')
    return { criteria, action: { type: 'revoke', reason: (reason ?? '0') as Schemas['RevocationReason'] } }
  // An empty day is refused by the gateway, which says what is missing.
  return { criteria, action: { type: 'reissue', replaceBy: replaceBy ? endOfDay(replaceBy) : '' } }
}

export function MakePlan({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  return (
    <FormDialog
      title={t(text.makeTitle)}
      act={t(text.act)}
      fields={fields}
      work={(values) => unwrap(api.POST('/v1/incidents', { body: toInput(values) }))}
      onDone={({ id }) => navigate(`/incidents/${id}`)}
      onClose={onClose}
    >
      <p>{t(text.effect)}</p>
    </FormDialog>
  )
}
