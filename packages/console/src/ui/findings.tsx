/** Findings of the check: what is wrong, where, and what to do. */
import type { Schemas } from '../api/client.js'
import { useWords } from '../i18n/language.js'
import { Badge, type Tone } from './state.js'

type Finding = Schemas['Finding']

const grades: Record<Finding['grade'], { name: { ja: string; en: string }; tone: Tone }> = {
  error: { name: { ja: '誤り', en: 'Error' }, tone: 'bad' },
  warning: { name: { ja: '注意', en: 'Warning' }, tone: 'wait' },
  notice: { name: { ja: '参考', en: 'Notice' }, tone: 'work' },
}

const text = {
  place: { ja: '{row}行目', en: 'row {row}' },
  column: { ja: '{column}列目「{name}」', en: 'column {column}, {name}' },
  value: { ja: '値', en: 'value' },
  upstream: { ja: '発行システムのエラー {code}', en: 'error {code} of the issuance system' },
}

interface FindingsProps {
  findings: readonly Finding[]
  /** Whether row and column are said: beside a field they are known. */
  withPlace?: boolean
}

export function Findings({ findings, withPlace = false }: FindingsProps) {
  return (
    <ul className="findings">
      {findings.map((finding, index) => (
        <OneFinding key={index} finding={finding} withPlace={withPlace} />
      ))}
    </ul>
  )
}

function OneFinding({ finding, withPlace }: { finding: Finding; withPlace: boolean }) {
  const { t } = useWords()
  const { name, tone } = grades[finding.grade]
  return (
    <li>
      <p>
        <Badge tone={tone}>{t(name)}</Badge> {withPlace && <Place finding={finding} />}
        {t(finding.message)}
      </p>
      <p className="remedy">{t(finding.remedy)}</p>
      {withPlace && finding.value !== undefined && (
        <p className="remedy">
          {t(text.value)}: <code>{finding.value}</code>
        </p>
      )}
    </li>
  )
}

function Place({ finding }: { finding: Finding }) {
  const { t } = useWords()
  const { row, column, columnName, field, upstreamCode } = finding
  const name = columnName ? t(columnName) : field
  const parts = [
    t(text.place, { row }),
    column !== undefined && name !== undefined ? t(text.column, { column, name }) : name,
    upstreamCode && t(text.upstream, { code: upstreamCode }),
  ]
  return <strong className="place">{parts.filter(Boolean).join(' · ')}: </strong>
}
