/** One file: take it, upload it, say what came of it. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { refetchInterval } from '../../api/live.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Facts } from '../../ui/facts.js'
import { kindTitle } from '../../ui/kinds.js'
import { Shown } from '../../ui/outcome.js'
import { Page } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
import { DecideBatch, StrangePages } from './decide.js'
import { HandOff } from './hand-off.js'
import { BatchRows } from './rows.js'
import { batchStates } from './words.js'

type Batch = Schemas['Batch']

const text = {
  title: { ja: 'ファイル', en: 'File' },
  state: { ja: '状態', en: 'State' },
  kind: { ja: '種類', en: 'Kind' },
  rows: { ja: '件数', en: 'Rows' },
  sealed: { ja: '作成', en: 'Sealed' },
  submitted: { ja: '送信', en: 'Submitted' },
  error: { ja: '最後の失敗', en: 'Last failure' },
}

export function BatchDetail({ id, operator }: { id: string; operator: Operator }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['batches', id],
    queryFn: () => unwrap(api.GET('/v1/batches/{id}', { params: { path: { id } } })),
    refetchInterval,
  })
  const mayAct = may(operator, 'batches:write')
  return (
    <Page title={query.data?.fileName ?? t(text.title)}>
      <Shown query={query}>
        {(batch) => (
          <>
            <Overview batch={batch} />
            {mayAct && batch.state === 'attention' && <DecideBatch batch={batch} />}
            {mayAct && batch.byHand && isWithHands(batch) && <HandOff batch={batch} />}
            <BatchRows rows={batch.rows} />
            <StrangePages id={batch.id} />
          </>
        )}
      </Shown>
    </Page>
  )
}

const isWithHands = ({ state }: Batch): boolean => state === 'sealed' || state === 'handed-out'

function Overview({ batch }: { batch: Batch }) {
  const { t } = useWords()
  const { name, tone } = batchStates[batch.state]
  return (
    <section className="card">
      <Facts
        entries={[
          [t(text.state), <Badge tone={tone}>{t(name)}</Badge>],
          [t(text.kind), t(kindTitle(batch.kind))],
          [t(text.rows), String(batch.rowCount)],
          ['SHA-256', <code className="hash">{batch.sha256}</code>],
          [t(text.sealed), <Time at={batch.sealedAt} />],
          [t(text.submitted), <Time at={batch.submittedAt} />],
          [t(text.error), batch.lastError],
        ]}
      />
    </section>
  )
}
