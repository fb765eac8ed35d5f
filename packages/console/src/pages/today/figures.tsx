/** The day in numbers, each a way to what it counts. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { refetchInterval } from '../../api/live.js'
import { may, type Operator } from '../../api/session.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { Shown } from '../../ui/outcome.js'

type Overview = Schemas['Overview']

interface Figure {
  name: Bilingual
  href: string
  /** Without it the page behind would only be refused. */
  scope?: string
  count: number
  /** How it looks when there is something. */
  tone?: 'wait' | 'bad'
}

const sumOf = (counts: readonly { state: string; count: number }[], ...states: string[]): number =>
  counts.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0)

const underWay = ['queued', 'batched', 'submitting', 'submitted', 'unknown']

const withinDays = 30

function figuresOf({
  applications,
  batches,
  recent,
  expiringCertificates,
  lapsingApprovals,
}: Overview): Figure[] {
  const expiring = expiringCertificates.find((each) => each.withinDays === withinDays)?.count ?? 0
  const { withinDays: days } = lapsingApprovals
  return [
    {
      name: { ja: '承認待ち', en: 'Awaiting approval' },
      href: '/applications?state=awaiting-approval',
      count: sumOf(applications, 'awaiting-approval'),
      tone: 'wait',
    },
    {
      name: { ja: '送るファイル・判断待ち', en: 'Files that wait for a person' },
      href: '/batches',
      scope: 'batches:read',
      count: sumOf(batches, 'handed-out', 'attention'),
      tone: 'bad',
    },
    {
      name: { ja: '保留（審査中）', en: 'Held by the service' },
      href: '/applications?state=held',
      count: sumOf(applications, 'held'),
      tone: 'wait',
    },
    {
      name: { ja: '進行中', en: 'Under way' },
      href: '/applications',
      count: sumOf(applications, ...underWay),
    },
    {
      name: { ja: `失敗（${recent.days}日以内）`, en: `Failed (last ${recent.days} days)` },
      href: '/applications?state=failed',
      count: sumOf(recent.applications, 'failed'),
      tone: 'bad',
    },
    {
      name: {
        ja: `期限が近い証明書（${withinDays}日以内）`,
        en: `Certificates that end in ${withinDays} days`,
      },
      href: '/certificates',
      scope: 'certificates:read',
      count: expiring,
      tone: 'wait',
    },
    {
      name: { ja: `期限が近い承認（${days}日以内）`, en: `Approvals that lapse in ${days} days` },
      href: '/approvals',
      scope: 'approvals:read',
      count: lapsingApprovals.count,
      tone: 'wait',
    },
  ]
}

const figuresFor = (operator: Operator, overview: Overview): Figure[] =>
  figuresOf(overview).filter(({ scope }) => scope === undefined || may(operator, scope))

export function Figures({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['overview'],
    queryFn: () => unwrap(api.GET('/v1/overview')),
    refetchInterval,
  })
  return (
    <Shown query={query}>
      {(overview) => (
        <ul className="figures">
          {figuresFor(operator, overview).map(({ name, href, count, tone }) => (
            <li key={name.en}>
              <Link href={href} className={count > 0 ? tone : undefined}>
                <strong>{count}</strong>
                {t(name)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Shown>
  )
}
