/** The file as the service would get it: column by column, and to take away. */
import { useState } from 'react'
import { useWords } from '../../i18n/language.js'
import { useAct } from '../../ui/act.js'
import { download } from '../../ui/download.js'
import { Section } from '../../ui/page.js'
import { convert, type Kind, type Rows } from './check.js'
import { tableOf } from './draft.js'

const text = {
  title: { ja: 'TSVファイル', en: 'TSV file' },
  hint: {
    ja: '発行システムに手でアップロードする場合のファイルです（Shift_JIS、見出しなし）。',
    en: 'The file for an upload by hand (Shift_JIS, without headings).',
  },
  preview: { ja: '中身を見る', en: 'Preview' },
  download: { ja: 'ダウンロード', en: 'Download' },
  column: { ja: '列', en: 'Column' },
  value: { ja: '値', en: 'Value' },
  zip: {
    ja: '99行または種類ごとに分けた複数のファイルです。ZIPをダウンロードしてください。',
    en: 'These are several files, of one kind and at most 99 rows each: download the ZIP.',
  },
}

type Converted = Awaited<ReturnType<typeof convert>>

function save({ bytes, isZip }: Converted): void {
  if (isZip) download('upki.zip', bytes, 'application/zip')
  else download('upki.tsv', bytes, 'text/tab-separated-values')
}

/** @param kind names the columns, where all rows are of one */
export function TsvPreview({ rows, kind }: { rows: Rows; kind?: Kind }) {
  const { t } = useWords()
  const [shown, setShown] = useState<Converted>()
  const preview = useAct(() => convert(rows), setShown)
  const saving = useAct(() => convert(rows), save)
  return (
    <Section
      title={t(text.title)}
      actions={
        <>
          <button type="button" disabled={preview.isBusy} onClick={() => preview.run(undefined)}>
            {t(text.preview)}
          </button>
          <button type="button" disabled={saving.isBusy} onClick={() => saving.run(undefined)}>
            {t(text.download)}
          </button>
        </>
      }
    >
      <p className="hint">{t(text.hint)}</p>
      {preview.failure ?? saving.failure}
      {shown && (shown.isZip ? <p>{t(text.zip)}</p> : <Cells bytes={shown.bytes} kind={kind} />)}
    </Section>
  )
}

const rowsShown = 20

function Cells({ bytes, kind }: { bytes: ArrayBuffer; kind: Kind | undefined }) {
  const { t } = useWords()
  const lines = new TextDecoder('shift_jis').decode(bytes).split(/\r?\n/).filter(Boolean).slice(0, rowsShown)
  const columns = kind && tableOf(kind).columns
  return lines.map((line, index) => (
    <table key={index} className="tsv">
      <thead>
        <tr>
          <th scope="col">{t(text.column)}</th>
          <th scope="col">{t(text.value)}</th>
        </tr>
      </thead>
      <tbody>
        {line.split('\t').map((value, place) => (
          <tr key={place}>
            <th scope="row">
              {place + 1} {columns?.[place] && t(columns[place].name)}
            </th>
            <td className="mono">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  ))
}
