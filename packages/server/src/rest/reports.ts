/** /v1/reports: serverAll.tsv and clientAll.tsv as an operator downloaded them, read as they come and not kept. */
import { readReport, ReportError } from '@upki-gateway/shared/report'
import { ShiftJisError } from '@upki-gateway/shared/tsv'
import { type Request, Router } from 'express'
import { takeReport } from '../issuance/collect-reports.js'
import { beginImport, importReport } from '../issuance/import-report.js'
import type { Environment } from '../issuance/ports/environment.js'
import { ownRows } from '../issuance/own-rows.js'
import type { ReportName } from '../issuance/ports/issuance-system.js'
import { ProblemError } from '../problem/problem-error.js'
import { callerOf, needScope } from './authenticate.js'
import { limited } from './read-body.js'

// Several times what the largest organisation's certificates of ten years make.
const MAX_BYTES = 2_000_000_000

interface ReportQuery {
  name: ReportName
  takenAt?: Date
}

function badQuery(detail: string, ja: string): ProblemError {
  return new ProblemError('badRequest', detail, { ja })
}

function readQuery({ query }: Request, now: Date): ReportQuery {
  const { name, takenAt } = query as Record<string, string | undefined>
  if (name !== 'server' && name !== 'client')
    throw badQuery(
      'Give name=server for serverAll.tsv or name=client for clientAll.tsv',
      'name=server（serverAll.tsv）または name=client（clientAll.tsv）を指定してください。',
    )
  if (takenAt === undefined) return { name }
  const time = new Date(takenAt)
  if (Number.isNaN(time.getTime()) || time > now)
    throw badQuery(
      'takenAt is when the report was downloaded: a time in the past, such as 2026-06-01T12:00:00+09:00',
      'takenAt にはダウンロードした時刻（過去の日時。例: 2026-06-01T12:00:00+09:00）を指定してください。',
    )
  return { name, takenAt: time }
}

const unreadable = (cause: Error): ProblemError =>
  new ProblemError(
    'reportUnreadable',
    `${cause.message}; send serverAll.tsv or clientAll.tsv exactly as it was downloaded`,
    {
      ja: `ファイルを読めません（${cause.message}）。ダウンロードした serverAll.tsv または clientAll.tsv をそのまま送ってください。`,
      cause,
    },
  )

async function take(env: Environment, request: Request, query: ReportQuery): Promise<object> {
  const { organisation, actor } = callerOf(request)
  const own = ownRows(env.config, organisation, readReport(limited(request, MAX_BYTES)))
  const begun = beginImport(env, { organisation, name: query.name, actor })
  const matched = await takeReport(env, { ...query, organisation, rows: importReport(own, begun) })
  return { ...begun.source.counts, matched }
}

export function makeReports(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('batches:write'), async (request, response) => {
    const query = readQuery(request, env.now())
    try {
      response.json(await take(env, request, query))
    } catch (error) {
      if (error instanceof ReportError || error instanceof ShiftJisError) throw unreadable(error)
      throw error
    }
  })
  return router
}
