/** /v1/statistics: figures by month; JSON, or CSV for the yearly report. */
import { type Request, Router } from 'express'
import { sendBytes } from '../http/send-bytes.js'
import type { Environment } from '../issuance/ports/environment.js'
import { ProblemError } from '../problem/problem-error.js'
import { listMonths, type MonthRow } from '../store/statistics.js'
import { callerOf, needScope } from './authenticate.js'
import { queryOf } from './page.js'

/** Ten years. */
const MAX_MONTHS = 120
const JAPAN_OFFSET_MS = 9 * 3_600_000

const monthOf = (now: Date): string => new Date(now.getTime() + JAPAN_OFFSET_MS).toISOString().slice(0, 7)

const countMonths = (from: string, to: string): number => {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))
  return number(to) - number(from) + 1
}

/** Without a range the twelve months that end with this one. */
function readRange(request: Request, now: Date): { from: string; to: string } {
  const { from: asked, to = monthOf(now) } = queryOf(request)
  const from = asked ?? `${Number(to.slice(0, 4)) - 1}${to.slice(4)}`
  const months = countMonths(from, to)
  if (months >= 1 && months <= MAX_MONTHS) return { from, to }
  throw new ProblemError('badRequest', `from is not after to, and at most ${MAX_MONTHS} months before it`, {
    ja: `from は to 以前で、${MAX_MONTHS}か月以内の範囲を指定してください。`,
  })
}

const represent = (row: MonthRow) => ({
  month: row.month,
  issued: row.issued,
  revoked: row.revoked,
  expiring: row.expiring,
  valid: row.valid,
  medianSecondsToIssue: row.median_seconds_to_issue,
  p90SecondsToIssue: row.p90_seconds_to_issue,
})

const headings =
  '年月,発行数,失効数,有効期限到来数,月末有効数,発行所要時間（中央値・秒）,発行所要時間（90%・秒）'

/** Numbers and months only: nothing in it needs quotes. The BOM is for Excel. */
function toCsv(rows: readonly MonthRow[]): string {
  const lines = rows.map((row) =>
    Object.values(represent(row))
      .map((value) => value ?? '')
      .join(','),
  )
  return `\uFEFF${[headings, ...lines].join('\r\n')}\r\n`
}

export function makeStatistics(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('certificates:read'), async (request, response) => {
    const now = env.now()
    const { organisation } = callerOf(request)
    const rows = await listMonths(env.db, { organisation, ...readRange(request, now), now })
    if (request.accepts(['application/json', 'text/csv']) === 'text/csv')
      sendBytes(
        response.set('Content-Disposition', 'attachment; filename="statistics.csv"'),
        'text/csv; charset=utf-8',
        toCsv(rows),
      )
    else response.json({ months: rows.map(represent) })
  })
  return router
}
