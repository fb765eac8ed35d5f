/** One application: a field for each column of its kind, findings as it is typed. */
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { useAct } from '../../ui/act.js'
import { Findings } from '../../ui/findings.js'
import { Failed } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'
import { Inspection } from '../inspection.js'
import { apply, type Kind, useRested, useValidation } from './check.js'
import { type Draft, fieldsOf, rowsOf } from './draft.js'
import { DraftField } from './form-field.js'
import { KindChoice } from './kind-choice.js'
import { TsvPreview } from './tsv-preview.js'

const text = {
  fields: { ja: '申請の内容', en: 'What you apply for' },
  csr: { ja: 'CSRの中身', en: 'The CSR, decoded' },
  apply: { ja: '申請する', en: 'Apply' },
  other: { ja: '申請全体の所見', en: 'About the application' },
  clean: { ja: '誤りはありません。申請できます。', en: 'No errors: you can apply.' },
  errors: { ja: '誤りが{count}件あります。', one: '{count} error.', en: '{count} errors.' },
}

interface FormProps {
  kind: Kind
  draft: Draft
  onKind: (kind: Kind) => void
  onDraft: (change: (before: Draft) => Draft) => void
}

/** What is missing is told once a field was left or the form was sent; what is wrong, at once. */
function useTold(draft: Draft) {
  const [told, setTold] = useState<ReadonlySet<string>>(new Set())
  const [isSent, setIsSent] = useState(false)
  return {
    tell: (field: string) => setTold((before) => new Set(before).add(field)),
    tellAll: () => setIsSent(true),
    isTold: (field: string) => isSent || told.has(field) || (draft[field] ?? '') !== '',
    isSent,
  }
}

export function ApplicationForm({ kind, draft, onKind, onDraft }: FormProps) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const told = useTold(draft)
  const [key] = useState(() => crypto.randomUUID())
  const current = rowsOf(kind, draft).body as string
  const rows = useRested(current)
  const isTouched = Object.values(draft).some((value) => value !== '')
  const validation = useValidation(
    isTouched || told.isSent ? { body: rows, contentType: 'application/json' } : undefined,
    rows,
  )
  const { data: result, error } = validation
  // Of what stands in the form now, not of what stood there before.
  const isChecked = rows === current && validation.isSuccess && !validation.isPlaceholderData
  const sending = useAct(
    () => apply(rowsOf(kind, draft), key),
    ({ applications: [made] }) => navigate(`/applications/${made?.id ?? ''}`),
  )
  const send = () => {
    told.tellAll()
    if (result?.errors === 0) sending.run(undefined)
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Section title={t(text.fields)}>
        <KindChoice kind={kind} onKind={onKind} />
        <Fields {...{ kind, draft, onDraft, told, result }} />
        <OtherFindings kind={kind} result={result} />
        {error && <Failed error={error} />}
        {sending.failure}
        <div className="actions end">
          <span aria-live="polite">
            {isChecked && result && <Verdict result={result} isTold={told.isSent} />}
          </span>
          <button type="submit" className="primary" disabled={sending.isBusy}>
            {t(text.apply)}
          </button>
        </div>
      </Section>
      {draft.csr && (
        <Section title={t(text.csr)}>
          <Inspection input={draft.csr} />
        </Section>
      )}
      <TsvPreview key={current} rows={rowsOf(kind, draft)} kind={kind} />
    </form>
  )
}

type Result = Schemas['Validation'] | undefined

interface FieldsProps extends Pick<FormProps, 'kind' | 'draft' | 'onDraft'> {
  told: ReturnType<typeof useTold>
  result: Result
}

function Fields({ kind, draft, onDraft, told, result }: FieldsProps) {
  return (
    <div className="grid">
      {fieldsOf(kind).map((column) => (
        <DraftField
          key={column.field}
          column={column}
          kind={kind}
          value={draft[column.field] ?? ''}
          onChange={(value) => onDraft((before) => ({ ...before, [column.field]: value }))}
          onLeave={() => told.tell(column.field)}
          findings={told.isTold(column.field) ? findingsOf(result, column.field) : []}
          filled={result?.filled.find(({ field }) => field === column.field)}
        />
      ))}
    </div>
  )
}

/** What is about no field of the form. */
function OtherFindings({ kind, result }: { kind: Kind; result: Result }) {
  const { t } = useWords()
  const known = new Set<string>(fieldsOf(kind).map(({ field }) => field))
  const other = result?.findings.filter(({ field }) => field === undefined || !known.has(field)) ?? []
  if (other.length === 0) return null
  return (
    <>
      <h3>{t(text.other)}</h3>
      <Findings findings={other} withPlace />
    </>
  )
}

const findingsOf = (result: Result, field: string) =>
  result?.findings.filter((finding) => finding.field === field) ?? []

function Verdict({ result, isTold }: { result: Schemas['Validation']; isTold: boolean }) {
  const { t, n } = useWords()
  if (result.errors === 0) return <>{t(text.clean)}</>
  return isTold ? <>{n(text.errors, result.errors)}</> : null
}
