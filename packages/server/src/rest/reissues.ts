/** /v1/reissues: certificates to be replaced before their time; ACME clients learn of it by RFC 9773. */
import { type Request, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import type { Caller } from '../policy/caller.js'
import { ProblemError } from '../problem/problem-error.js'
import { findOwnSerials, markReissues, unmarkReissues } from '../store/acme-renewals.js'
import { appendAudit } from '../store/audit.js'
import type { Transaction } from '../store/database.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'

type Wanted = components['schemas']['ReissueInput']

const refuse = (detail: string, ja: string): ProblemError =>
  new ProblemError('applicationsRefused', detail, { ja })

/** One of another department is as unknown as one that does not exist. */
async function checkOwn(
  trx: Transaction,
  { organisation, department }: Caller,
  serials: readonly string[],
): Promise<void> {
  const own = await findOwnSerials(trx, { organisation, within: department?.names }, serials)
  const lost = serials.filter((serial) => !own.has(serial))
  if (lost.length === 0) return
  throw refuse(
    `There is no certificate with the serial number ${lost.slice(0, 10).join(', ')}; nothing was marked`,
    `シリアル番号 ${lost.slice(0, 10).join(', ')} の証明書はありません。何も変更していません。`,
  )
}

async function mark(env: Environment, trx: Transaction, request: Request): Promise<number> {
  const caller = callerOf(request)
  const { serials: asked, replaceBy, explanationUrl } = request.body as Wanted
  const serials = [...new Set(asked.map((serial) => BigInt(serial).toString()))]
  const now = env.now()
  const by = replaceBy === null ? null : new Date(replaceBy)
  if (by && by <= now) throw refuse('replaceBy is in the past', 'replaceBy に過去の時刻が指定されています。')
  await checkOwn(trx, caller, serials)
  if (by) {
    const row = {
      organisation: caller.organisation,
      ...{ replace_by: by, explanation_url: explanationUrl ?? null },
      ...{ marked_by: caller.actor, marked_at: now },
    }
    await markReissues(trx, serials, row)
  } else await unmarkReissues(trx, caller.organisation, serials)
  const action = by ? 'certificate.reissue' : 'certificate.reissue-withdraw'
  const detail = { replaceBy }
  await appendAudit(
    trx,
    serials.map((subject) => ({ at: now, actor: caller.actor, action, subject, detail })),
  )
  return serials.length
}

export function makeReissues(env: Environment): Router {
  const router = Router()
  router.post('/', needScope('applications:approve'), async (request, response) => {
    const marked = await env.db.transaction().execute((trx) => mark(env, trx, request))
    response.json({ marked })
  })
  return router
}
