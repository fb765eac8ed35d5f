/** Acts on many certificates at once: planned first, looked at, then carried out. */
import { useState } from 'react'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { ListPage } from '../../ui/list-page.js'
import { Badge } from '../../ui/state.js'
import type { Column } from '../../ui/table.js'
import { Time, useDates } from '../../ui/time.js'
import { MakePlan } from './make.js'
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
}

export function IncidentList({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const dates = useDates()
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
          {criteriaIn(criteria, dates.minute)
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
