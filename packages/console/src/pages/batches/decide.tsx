/** A file of which nobody knows whether the service has it: a person looks, and decides. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { FormDialog, type FormField } from '../../ui/form-dialog.js'
import { Shown } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'
import { Time } from '../../ui/time.js'

type Decision = Schemas['BatchDecision']['decision']

const text = {
  title: { ja: 'あなたの判断を待っています', en: 'Waits for your decision' },
  look: {
    ja: '発行システムの画面で、このファイルの申請が登録されているかを確かめてから決めてください。',
    en: 'Look in the issuance system whether the applications of this file are there; then decide.',
  },
  pages: { ja: '理解できなかった画面', en: 'Pages that were not understood' },
}

const why: Record<string, Bilingual> = {
  'not-in-report': {
    ja: '結果がわからない送信があり、一括ダウンロードのファイルにも見つかりません。',
    en: 'The outcome of an upload was lost, and the report does not show it.',
  },
  'rows-missing': {
    ja: '受け付けられたファイルの一部の行が、一括ダウンロードのファイルに見つかりません。',
    en: 'The file was taken, and the report does not show some of its rows.',
  },
}

const decisions: { decision: Decision; name: Bilingual; title: Bilingual; effect: Bilingual }[] = [
  {
    decision: 'taken',
    name: { ja: '受け付けられている…', en: 'The service has it…' },
    title: { ja: '受け付けられていると決めますか', en: 'Decide that the service has it?' },
    effect: {
      ja: '送り直さず、証明書ができるのを待ちます。',
      en: 'It is not sent again; the certificates are waited for.',
    },
  },
  {
    decision: 'resubmit',
    name: { ja: '送り直す…', en: 'Send again…' },
    title: { ja: '申請を送り直しますか', en: 'Send the applications again?' },
    effect: {
      ja: '申請は新しいファイルで送られます。実は受け付けられていた場合は、二重の申請になります。',
      en: 'They go out in a new file. If the service has the old one after all, they are applied for twice.',
    },
  },
  {
    decision: 'give-up',
    name: { ja: 'あきらめる…', en: 'Give up…' },
    title: { ja: '申請をあきらめますか', en: 'Give the applications up?' },
    effect: {
      ja: '申請は失敗になり、理由が申請者に伝わります。元に戻せません。',
      en: 'They fail, and the applicants are told the reason. This cannot be undone.',
    },
  },
]

const fields: readonly FormField[] = [
  {
    name: 'reason',
    label: { ja: '理由（監査ログに残ります）', en: 'Reason (kept in the audit log)' },
    rows: 3,
    maxLength: 500,
    isRequired: true,
  },
]

export function DecideBatch({ batch }: { batch: Schemas['Batch'] }) {
  const { t } = useWords()
  const [chosen, setChosen] = useState<(typeof decisions)[number]>()
  const params = { path: { id: batch.id } }
  const reason = batch.attention === null ? undefined : why[batch.attention]
  return (
    <Section title={t(text.title)}>
      {reason && <p className="notice error">{t(reason)}</p>}
      <p>{t(text.look)}</p>
      <div className="actions">
        {decisions.map((each) => (
          <button key={each.decision} type="button" onClick={() => setChosen(each)}>
            {t(each.name)}
          </button>
        ))}
      </div>
      {chosen && (
        <FormDialog
          title={t(chosen.title)}
          act={t(chosen.name).replace('…', '')}
          isDanger={chosen.decision !== 'taken'}
          fields={fields}
          work={({ reason = '' }) =>
            unwrap(
              api.POST('/v1/batches/{id}/decision', { params, body: { decision: chosen.decision, reason } }),
            )
          }
          onClose={() => setChosen(undefined)}
        >
          <p>{t(chosen.effect)}</p>
        </FormDialog>
      )}
    </Section>
  )
}

/** As text: whatever the service sent, nothing of it becomes a part of this page. */
export function StrangePages({ id }: { id: string }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['batches', id, 'pages'],
    queryFn: () => unwrap(api.GET('/v1/batches/{id}/pages', { params: { path: { id } } })),
  })
  const isNone = !query.error && !query.data?.pages.length
  if (isNone) return null
  return (
    <Section title={t(text.pages)}>
      <Shown query={query}>
        {({ pages }) =>
          pages.map(({ at, reason, page }) => (
            <details key={at}>
              <summary>
                <Time at={at} /> {reason}
              </summary>
              <pre className="value mono">{page}</pre>
            </details>
          ))
        }
      </Shown>
    </Section>
  )
}
