/** The field for one column, by its rule in the kind's table. */
import type { Column } from '@upki-gateway/shared/tsv'
import type { Schemas } from '../../api/client.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { Choice, TextField } from '../../ui/field.js'
import { Findings } from '../../ui/findings.js'
import { reasons } from '../../ui/reasons.js'
import type { Kind } from './check.js'
import { tableOf } from './draft.js'

const text = {
  automatic: { ja: '（自動）', en: '(automatic)' },
  none: { ja: '（選択してください）', en: '(choose)' },
  filled: { ja: '空欄なら補います', en: 'Filled in when empty' },
  limit: { ja: '{max}文字まで', en: 'up to {max} characters' },
  names: { ja: '1行に1つ、CNを含めて8つまで', en: 'One per line, at most eight with the CN' },
}

// Source: docs/upki-tsv.md, "Column 2: Profiles and keys".
const profiles: Record<string, Bilingual> = {
  '3': { ja: 'サーバ RSA 2048', en: 'server, RSA 2048' },
  '11': { ja: 'サーバ ECDSA P-384', en: 'server, ECDSA P-384' },
  '5': { ja: 'クライアント 長期', en: 'client, long' },
  '13': { ja: 'クライアント 13か月', en: 'client, 13 months' },
  '14': { ja: 'クライアント 25か月', en: 'client, 25 months' },
  '7': { ja: 'S/MIME 長期', en: 'S/MIME, long' },
  '15': { ja: 'S/MIME 13か月', en: 'S/MIME, 13 months' },
  '16': { ja: 'S/MIME 25か月', en: 'S/MIME, 25 months' },
}

const downloads: Record<string, Bilingual> = {
  '1': { ja: 'P12個別', en: 'PKCS#12, each' },
  '2': { ja: 'P12一括', en: 'PKCS#12, all at once' },
}

/** Filled in from the CSR, the organisation and the history: docs/portal-guide.md. */
const automatic = new Set(['subjectDn', 'profileId', 'fqdn', 'serial', 'dnsNames'])

interface DraftFieldProps {
  column: Column & { field: string }
  kind: Kind
  value: string
  onChange: (value: string) => void
  onLeave: () => void
  findings: readonly Schemas['Finding'][]
  filled: Schemas['FilledInRow'] | undefined
}

function useOptions({ field, rule }: DraftFieldProps['column'], kind: Kind) {
  const { t } = useWords()
  const { profiles: allowed } = tableOf(kind)
  const choices: Partial<Record<Column['rule'], Record<string, Bilingual>>> = {
    profile: Object.fromEntries(allowed.map((id) => [id, profiles[id] ?? { ja: id, en: id }])),
    reason: reasons,
    downloadType: downloads,
  }
  const found = choices[rule]
  if (!found) return undefined
  const empty = { value: '', label: t(automatic.has(field) ? text.automatic : text.none) }
  return [
    empty,
    ...Object.entries(found).map(([value, name]) => ({
      value,
      label: `${value}: ${t(name)}`,
    })),
  ]
}

export function DraftField({ column, kind, value, onChange, onLeave, findings, filled }: DraftFieldProps) {
  const { t } = useWords()
  const options = useOptions(column, kind)
  const isAutomatic = automatic.has(column.field)
  const field = {
    label: t(column.name),
    isRequired: column.use === 'required' && !isAutomatic,
    isWrong: findings.some(({ grade }) => grade === 'error'),
    hint: <Hint column={column} filled={value === '' ? filled : undefined} isAutomatic={isAutomatic} />,
    findings: findings.length > 0 && <Findings findings={findings} />,
    value,
    onChange,
  }
  const isLong = column.rule === 'csr' || column.rule === 'dnsNames'
  return (
    <div className={isLong || column.rule === 'subjectDn' ? 'span' : undefined} onBlur={onLeave}>
      {options ? (
        <Choice {...field} options={options} />
      ) : (
        <TextField {...field} {...(isLong && { rows: column.rule === 'csr' ? 6 : 3, mono: true })} />
      )}
    </div>
  )
}

interface HintProps {
  column: Column
  filled: Schemas['FilledInRow'] | undefined
  isAutomatic: boolean
}

function Hint({ column, filled, isAutomatic }: HintProps) {
  const { t } = useWords()
  if (filled)
    return (
      <>
        → <span className="value">{filled.value}</span> ({t(filled.why)})
      </>
    )
  const parts = [
    isAutomatic && t(text.filled),
    column.rule === 'dnsNames' && t(text.names),
    column.rule === 'text' && column.max !== undefined && t(text.limit, { max: column.max }),
  ].filter(Boolean)
  return parts.length > 0 ? <>{parts.join(' · ')}</> : null
}
