/** A file that an operator carries: take it, upload it, say what came of it. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { useAct } from '../../ui/act.js'
import { download } from '../../ui/download.js'
import { TextField } from '../../ui/field.js'
import { Section } from '../../ui/page.js'

type Batch = Schemas['Batch']

const text = {
  title: { ja: '手で送る手順', en: 'Upload by hand' },
  take: { ja: 'TSVを受け取る', en: 'Take the TSV' },
  again: {
    ja: 'もう一度受け取る（まだ送っていない場合だけ）',
    en: 'Take it again (only if it was surely not uploaded)',
  },
  upload: {
    ja: '発行システムで「全件処理を中断する」を選んでアップロードします。',
    en: 'Upload it in the issuance system with 「全件処理を中断する」.',
  },
  tell: { ja: '結果を伝えます。', en: 'Say what came of it.' },
  accepted: { ja: '受け付けられた', en: 'It was accepted' },
  notUploaded: { ja: '送らなかった', en: 'It was not uploaded' },
  unknown: { ja: 'わからない', en: 'I do not know' },
  page: { ja: 'エラー画面の文字を貼り付ける', en: 'Or paste the text of the error page' },
  send: { ja: 'エラー画面を伝える', en: 'Give the error page' },
  file: {
    ja: 'または、保存したエラー画面のファイルを選ぶ',
    en: 'Or choose the file of the error page, as saved',
  },
  report: {
    ja: '証明書ができたら、一括ダウンロードのファイルを「ファイル」のページで渡します。',
    en: 'When the certificates are there, give the report back on the page “Files”.',
  },
}

async function take({ id, fileName, handedOutAt }: Batch): Promise<void> {
  const params = { path: { id }, query: { again: handedOutAt !== null } }
  const bytes = await unwrap<unknown>(api.GET('/v1/batches/{id}/tsv', { params, parseAs: 'arrayBuffer' }))
  download(fileName, bytes as ArrayBuffer, 'text/tab-separated-values')
}

const tell = (id: string, body: Schemas['BatchOutcome']) =>
  unwrap(api.POST('/v1/batches/{id}/outcome', { params: { path: { id } }, body }))

/** The bytes as they are: the gateway knows the charsets of the service. */
const tellFile = (id: string, file: File) =>
  unwrap(
    api.POST('/v1/batches/{id}/outcome', {
      params: { path: { id } },
      headers: { 'Content-Type': 'text/html' },
      body: file as unknown as Schemas['BatchOutcome'],
      bodySerializer: (same: unknown) => same as BodyInit,
    }),
  )

export function HandOff({ batch }: { batch: Batch }) {
  const { t } = useWords()
  const taking = useAct(() => take(batch))
  const isOut = batch.handedOutAt !== null
  return (
    <Section title={t(text.title)}>
      <ol className="steps">
        <li>
          <button
            type="button"
            className={isOut ? undefined : 'primary'}
            disabled={taking.isBusy}
            onClick={() => taking.run(undefined)}
          >
            {t(isOut ? text.again : text.take)}
          </button>
          {taking.failure}
        </li>
        <li>{t(text.upload)}</li>
        <li>
          <p>{t(text.tell)}</p>
          <Outcome id={batch.id} isOut={isOut} />
        </li>
        <li>{t(text.report)}</li>
      </ol>
    </Section>
  )
}

const outcomes = [
  ['accepted', text.accepted],
  ['not-uploaded', text.notUploaded],
  ['unknown', text.unknown],
] as const

function Outcome({ id, isOut }: { id: string; isOut: boolean }) {
  const { t } = useWords()
  const [page, setPage] = useState('')
  const telling = useAct((body: Schemas['BatchOutcome']) => tell(id, body))
  const givingFile = useAct((file: File) => tellFile(id, file))
  return (
    <>
      <div className="actions">
        {outcomes.map(([outcome, name]) => (
          <button key={outcome} type="button" disabled={!isOut} onClick={() => telling.run({ outcome })}>
            {t(name)}
          </button>
        ))}
      </div>
      <TextField label={t(text.page)} value={page} onChange={setPage} rows={4} />
      <p>
        <button type="button" disabled={!isOut || page === ''} onClick={() => telling.run({ page })}>
          {t(text.send)}
        </button>
      </p>
      <label>
        {t(text.file)}
        <input
          type="file"
          accept=".html,.htm,.txt"
          disabled={!isOut}
          onChange={(event) => {
            const [file] = event.target.files ?? []
            if (file) givingFile.run(file)
            // The same file, saved anew, may be chosen again.
            event.target.value = ''
          }}
        />
      </label>
      {telling.failure ?? givingFile.failure}
    </>
  )
}
