/** How many certificates end in which month: bars that are a list to those who do not see them. */
import { useWords } from '../../i18n/language.js'

const text = { count: { ja: '{month}：{count}件', en: '{month}: {count}' } }

const monthOf = (at: string): string => {
  const date = new Date(at)
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`
}

/** The nearest months; what ends later is of no concern now. */
const monthsShown = 14

export function ExpiryChart({ ends }: { ends: readonly string[] }) {
  const { t } = useWords()
  const counts = new Map<string, number>()
  for (const at of ends) counts.set(monthOf(at), (counts.get(monthOf(at)) ?? 0) + 1)
  const months = [...counts].sort(([a], [b]) => a.localeCompare(b)).slice(0, monthsShown)
  const most = Math.max(...months.map(([, count]) => count))
  return (
    <ul className="chart">
      {months.map(([month, count]) => (
        <li key={month} aria-label={t(text.count, { month, count })}>
          <span className="chart-count">{count}</span>
          <span className="chart-bar" style={{ height: `${(count / most) * 6}rem` }} />
          <span className="minor">{month}</span>
        </li>
      ))}
    </ul>
  )
}
