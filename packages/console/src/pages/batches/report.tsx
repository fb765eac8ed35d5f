/** Gives the gateway a report that an operator downloaded. */
import { api, unwrap } from '../../api/client.js'
import { useChange } from '../../api/queries.js'
import { useWords } from '../../i18n/language.js'
import { Failed } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'

const text = {
  title: { ja: '証明書情報一括ダウンロードのファイルを渡す', en: 'Give a report back' },
  hint: {
    ja: '発行システムからダウンロードした serverAll.tsv または clientAll.tsv を、そのまま選んでください。同じファイルを2回渡しても問題ありません。',
    en: 'Choose serverAll.tsv or clientAll.tsv exactly as downloaded. Giving it twice changes nothing.',
  },
  choose: { ja: 'ファイルを選ぶ', en: 'Choose a file' },
  done: {
    ja: '{rows}行を読みました：新しい証明書{added}件、変更{changed}件、進行中の申請と一致{matched}件。',
    en: 'Rows read: {rows}. Certificates new: {added}, changed: {changed}. Applications under way that were found: {matched}.',
  },
}

const give = (file: File) =>
  unwrap(
    api.POST('/v1/reports', {
      params: {
        query: {
          name: /^client/i.test(file.name) ? 'client' : 'server',
          takenAt: new Date(file.lastModified).toISOString(),
        },
      },
      headers: { 'Content-Type': 'application/octet-stream' },
      body: file as unknown as string,
      bodySerializer: (same: unknown) => same as BodyInit,
    }),
  )

export function GiveReport() {
  const { t } = useWords()
  const change = useChange(give)
  return (
    <Section title={t(text.title)}>
      <p className="hint">{t(text.hint)}</p>
      <input
        type="file"
        aria-label={t(text.choose)}
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) change.mutate(file)
          // The same file, taken anew, may be chosen again.
          event.target.value = ''
        }}
      />
      <div aria-live="polite">
        {change.error && <Failed error={change.error} />}
        {change.data && <p className="notice">{t(text.done, change.data)}</p>}
      </div>
    </Section>
  )
}
