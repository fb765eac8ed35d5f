/** How many certificates end in which month: bars that are links, so that they work without a mouse and on paper. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Shown } from '../../ui/outcome.js'
import { monthFrom } from './months.js'

const text = {
  count: { ja: '{count}件', en: '{count}' },
  note: {
    ja: '更新済み・失効済みも含みます。棒を選ぶと、その月の証明書を表示します。',
    en: 'Replaced and revoked ones included. Choose a bar to see the certificates of its month.',
  },
}

/** No certificate of the service is valid for longer. Source: docs/upki-tsv.md, "Column 2: Profiles and keys". */
const monthsShown = 14

/** @param chosen the month that is listed below */
export function ExpiryChart({ chosen }: { chosen: string | null }) {
  const { t } = useWords()
  const range = { from: monthFrom(new Date(), 0), to: monthFrom(new Date(), monthsShown - 1) }
  const query = useQuery({
    queryKey: ['statistics', range],
    // The contract offers CSV as well, to those who ask for it.
    queryFn: async () =>
      (await unwrap(api.GET('/v1/statistics', { params: { query: range } }))) as {
        months: Schemas['MonthOfStatistics'][]
      },
  })
  return (
    <>
      <Shown query={query}>{({ months }) => <Bars months={months} chosen={chosen} />}</Shown>
      <p className="hint">{t(text.note)}</p>
    </>
  )
}

const heightOf = (count: number, most: number): number => (most === 0 ? 0 : (count / most) * 100)

function Bars({ months, chosen }: { months: Schemas['MonthOfStatistics'][]; chosen: string | null }) {
  const { t } = useWords()
  const most = Math.max(...months.map(({ expiring }) => expiring))
  return (
    <ul className="chart">
      {months.map(({ month, expiring }) => (
        <li key={month}>
          <Link href={`/certificates?month=${month}`} aria-current={month === chosen || undefined}>
            <span>{t(text.count, { count: expiring })}</span>
            <svg viewBox="0 0 24 100" preserveAspectRatio="none" aria-hidden="true">
              <rect width="24" y={100 - heightOf(expiring, most)} height={heightOf(expiring, most)} rx="2" />
            </svg>
            <span className="minor">{month}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
