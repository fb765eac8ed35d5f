/** Acts on many certificates at once: planned first, looked at, then carried out. */
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { endOfDay, filledIn, FormDialog, type FormField, type Values } from '../../ui/form-dialog.js'
import { ListPage } from '../../ui/list-page.js'
import { reasonOptions } from '../../ui/reasons.js'
import { Badge } from '../../ui/state.js'
import type { Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { actions, criteriaIn } from './words.js'

type Incident = Schemas['Incident']

const page = {
  title: { ja: '一括の失効・再発行', en: 'Bulk revocation and re-issue' },
  intro: {
    ja: '認証局の切り替えや鍵の漏えいなど、多くの証明書を一度に扱うための計画です。計画を作っただけでは何も起きません。',
    en: 'For a change of the CA, leaked keys and the like. A plan does nothing until it is carried out.',
  },
  none: { ja: '計画はありません。', en: 'There is no plan.' },
}

const text = {
  action: { ja: '内容', en: 'Act' },
  criteria: { ja: '条件', en: 'Criteria' },
  count: { ja: '件数', en: 'Certificates' },
  state: { ja: '状態', en: 'State' },
  planned: { ja: '計画', en: 'Planned' },
  done: { ja: '実施済', en: 'Carried out' },
  created: { ja: '作成', en: 'Made' },
  see: { ja: '計画を見る', en: 'See the plan' },
  make: { ja: '新しい計画…', en: 'New plan…' },
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

export function IncidentList({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [isMaking, setIsMaking] = useState(false)
  const query = useList<Incident>(['incidents'], async (after) => {
    const { incidents: rows, next } = await unwrap(api.GET('/v1/incidents', { params: { query: { after } } }))
    return { rows, next }
  })
  const columns: Column<Incident>[] = [
    {
      title: t(text.action),
      cell: ({ id, action }) => <Link href={`/incidents/${id}`}>{t(actions[action])}</Link>,
    },
    {
      title: t(text.criteria),
      kind: 'wide',
      cell: ({ criteria }) => (
        <span className="value">
          {criteriaIn(criteria)
            .map((line) => t(line))
            .join('\n')}
        </span>
      ),
    },
    { title: t(text.count), kind: 'number', cell: ({ count }) => count },
    {
      title: t(text.state),
      cell: ({ confirmedAt }) => (
        <Badge tone={confirmedAt ? 'good' : 'wait'}>{t(confirmedAt ? text.done : text.planned)}</Badge>
      ),
    },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} /> },
  ]
  return (
    <ListPage
      {...{ ...page, query, columns }}
      keyOf={({ id }) => id}
      mayChange={operator.scopes.includes('certificates:write')}
      make={{ name: text.make, run: () => setIsMaking(true) }}
    >
      {isMaking && <MakePlan onClose={() => setIsMaking(false)} />}
    </ListPage>
  )
}

function MakePlan({ onClose }: { onClose: () => void }) {
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
