/** A file with many applications: what it is, what is wrong in which cell, and then all or nothing. */
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { useAct } from '../../ui/act.js'
import { Facts } from '../../ui/facts.js'
import { Findings } from '../../ui/findings.js'
import { kindOptions } from '../../ui/kinds.js'
import { Shown } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'
import { Table } from '../../ui/table.js'
import { apply, type Kind, type Rows, useValidation } from './check.js'
import { KindChoice, readKind } from './kind-choice.js'
import { TsvPreview } from './tsv-preview.js'

const text = {
  close: { ja: 'ファイルをやめる', en: 'Leave the file' },
  format: { ja: '形式', en: 'Format' },
  charset: { ja: '文字コード', en: 'Charset' },
  kind: { ja: '種類', en: 'Kind' },
  rows: { ja: '行数', en: 'Rows' },
  counts: { ja: '所見', en: 'Findings' },
  countsOf: {
    ja: '誤り{errors}、注意{warnings}、参考{notices}',
    en: 'errors: {errors}, warnings: {warnings}, notices: {notices}',
  },
  apply: { ja: '{rows}件を申請する', en: 'Apply for {rows}' },
  wrong: {
    ja: '誤りがあるので申請できません。ファイルを直して、もう一度置いてください。',
    en: 'There are errors, so nothing can be applied for. Correct the file and drop it again.',
  },
  findings: { ja: '所見', en: 'Findings' },
  filled: { ja: 'ゲートウェイが補うもの', en: 'What the gateway fills in' },
  row: { ja: '行', en: 'Row' },
  field: { ja: '項目', en: 'Field' },
  value: { ja: '値', en: 'Value' },
  why: { ja: '理由', en: 'Why' },
  leftOut: { ja: 'ほかに{count}件あります。', en: '{count} more are not shown.' },
}

/** Longer lists make no page; the whole is in the answer of the API. */
const shownAtMost = 300

interface FileCheckProps {
  file: File
  onClose: () => void
}

export function FileCheck({ file, onClose }: FileCheckProps) {
  const { t } = useWords()
  const [kind, setKind] = useState<Kind>('server')
  // The gateway tells format and charset from the bytes; names of files lie.
  const rows: Rows = { body: file, contentType: 'application/octet-stream', kind }
  const query = useValidation(rows, [file.name, file.size, file.lastModified, kind])
  return (
    <>
      <Section
        title={file.name}
        actions={
          <button type="button" onClick={onClose}>
            {t(text.close)}
          </button>
        }
      >
        <KindChoice kind={kind} onKind={(value) => setKind(readKind(value))} />
        <Shown query={query}>{(result) => <Verdict rows={rows} result={result} />}</Shown>
      </Section>
      {query.data && <Details result={query.data} />}
      {query.data?.errors === 0 && <TsvPreview key={kind} rows={rows} />}
    </>
  )
}

function Verdict({ rows, result }: { rows: Rows; result: Schemas['Validation'] }) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const [key] = useState(() => crypto.randomUUID())
  const { run, isBusy, failure } = useAct(
    () => apply(rows, key),
    () => navigate('/applications'),
  )
  const { errors, warnings, notices } = result
  const title = kindOptions.find((option) => option.kind === result.kind)?.title
  return (
    <>
      <Facts
        entries={[
          [t(text.format), result.format ?? '–'],
          [t(text.charset), result.charset],
          [t(text.kind), title ? t(title) : result.kind],
          [t(text.rows), String(result.rows)],
          [t(text.counts), t(text.countsOf, { errors, warnings, notices })],
        ]}
      />
      {errors > 0 && <p className="notice error">{t(text.wrong)}</p>}
      {failure}
      <div className="actions end">
        <button
          type="button"
          className="primary"
          disabled={errors > 0 || result.rows === 0 || isBusy}
          onClick={() => run(undefined)}
        >
          {t(text.apply, { rows: result.rows })}
        </button>
      </div>
    </>
  )
}

function Details({ result }: { result: Schemas['Validation'] }) {
  const { t } = useWords()
  const findings = result.findings.slice(0, shownAtMost)
  const filled = result.filled.slice(0, shownAtMost)
  const hidden = result.findings.length - findings.length + result.findingsLeftOut
  return (
    <>
      {findings.length > 0 && (
        <Section title={t(text.findings)}>
          <Findings findings={findings} withPlace />
          {hidden > 0 && <p>{t(text.leftOut, { count: hidden })}</p>}
        </Section>
      )}
      {filled.length > 0 && (
        <Section title={t(text.filled)}>
          <Table
            label={t(text.filled)}
            rows={filled}
            keyOf={({ row, field }) => `${row} ${field}`}
            columns={[
              { title: t(text.row), cell: ({ row }) => row, kind: 'number' },
              { title: t(text.field), cell: ({ field }) => field },
              { title: t(text.value), cell: ({ value }) => <span className="value">{value}</span> },
              { title: t(text.why), cell: ({ why }) => t(why), kind: 'wide' },
            ]}
          />
        </Section>
      )}
    </>
  )
}
