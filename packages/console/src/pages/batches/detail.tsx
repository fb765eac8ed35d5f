/** One file: take it, upload it, say what came of it. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useChange } from '../../api/queries.js'
import { useWords } from '../../i18n/language.js'
import { download } from '../../ui/download.js'
import { Facts } from '../../ui/facts.js'
import { kindTitle } from '../../ui/kinds.js'
import { Failed, Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
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
  applications: { ja: 'このファイルの申請', en: 'Applications in it' },
  steps: { ja: '手で送る手順', en: 'Upload by hand' },
  take: { ja: '1. TSVを受け取る', en: '1. Take the TSV' },
  again: {
    ja: 'もう一度受け取る（まだ送っていない場合だけ）',
    en: 'Take it again (only if it was surely not uploaded)',
  },
  upload: {
    ja: '2. 発行システムで「全件処理を中断する」を選んでアップロードします。',
    en: '2. Upload it in the issuance system with 「全件処理を中断する」.',
  },
  tell: { ja: '3. 結果を伝えます。', en: '3. Say what came of it.' },
  accepted: { ja: '受け付けられた', en: 'It was accepted' },
  notUploaded: { ja: '送らなかった', en: 'It was not uploaded' },
  unknown: { ja: 'わからない', en: 'I do not know' },
  page: { ja: 'エラー画面の文字を貼り付ける', en: 'Or paste the text of the error page' },
  send: { ja: 'エラー画面を伝える', en: 'Give the error page' },
}

export function BatchDetail({ id }: { id: string }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['batches', id],
    queryFn: () => unwrap(api.GET('/v1/batches/{id}', { params: { path: { id } } })),
    refetchInterval: 3_000,
  })
  return (
    <Page title={query.data?.fileName ?? t(text.title)}>
      <Shown query={query}>
        {(batch) => (
          <>
            <Overview batch={batch} />
            {batch.byHand && batch.state !== 'done' && <HandOff batch={batch} />}
          </>
        )}
      </Shown>
    </Page>
  )
}

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
          [t(text.applications), <Link href="/applications">{t(text.applications)}</Link>],
        ]}
      />
    </section>
  )
}

async function take({ id, fileName, handedOutAt }: Batch): Promise<void> {
  const params = { path: { id }, query: { again: handedOutAt !== null } }
  const bytes = await unwrap<unknown>(api.GET('/v1/batches/{id}/tsv', { params, parseAs: 'arrayBuffer' }))
  download(fileName, bytes as ArrayBuffer, 'text/tab-separated-values')
}

const tell = (id: string, body: Schemas['BatchOutcome']) =>
  unwrap(api.POST('/v1/batches/{id}/outcome', { params: { path: { id } }, body }))

function HandOff({ batch }: { batch: Batch }) {
  const { t } = useWords()
  const [page, setPage] = useState('')
  const taking = useChange(() => take(batch))
  const telling = useChange((body: Schemas['BatchOutcome']) => tell(batch.id, body))
  const isOut = batch.handedOutAt !== null
  const outcomes = [
    ['accepted', text.accepted],
    ['not-uploaded', text.notUploaded],
    ['unknown', text.unknown],
  ] as const
  return (
    <Section title={t(text.steps)}>
      <p>
        <button
          type="button"
          className={isOut ? undefined : 'primary'}
          onClick={() => taking.mutate(undefined)}
        >
          {t(isOut ? text.again : text.take)}
        </button>
      </p>
      <p>{t(text.upload)}</p>
      <p>{t(text.tell)}</p>
      <div className="actions">
        {outcomes.map(([outcome, name]) => (
          <button key={outcome} type="button" disabled={!isOut} onClick={() => telling.mutate({ outcome })}>
            {t(name)}
          </button>
        ))}
      </div>
      <div className="field">
        <label htmlFor="page">{t(text.page)}</label>
        <textarea id="page" rows={4} value={page} onChange={(event) => setPage(event.target.value)} />
      </div>
      <button type="button" disabled={!isOut || page === ''} onClick={() => telling.mutate({ page })}>
        {t(text.send)}
      </button>
      {(taking.error ?? telling.error) && <Failed error={taking.error ?? telling.error} />}
    </Section>
  )
}
