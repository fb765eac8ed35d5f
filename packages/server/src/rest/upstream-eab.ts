/** /v1/applications/{id}/eab: the service's EAB credential is entered; /v1/eab-links: it is taken, once, by whoever has the link. */
import express, { type Request, Router } from 'express'
import { z } from 'zod'
import { addressedBase } from '../http/addressed-base.js'
import type { Environment } from '../issuance/ports/environment.js'
import { giveUpstreamEab, takeUpstreamEab } from '../issuance/upstream-eab.js'
import { ProblemError } from '../problem/problem-error.js'
import { findUpstreamEab, type UpstreamEabRow } from '../store/upstream-eab.js'
import type { components } from './api-types.js'
import { findOwnApplication } from './application-filter.js'
import { callerOf, needScope } from './authenticate.js'

type Schemas = components['schemas']

const represent = (row: UpstreamEabRow): Schemas['UpstreamEab'] => ({
  applicationId: row.application_id,
  keyId: row.key_id,
  directoryUrl: row.directory_url,
  givenBy: row.given_by,
  givenAt: row.given_at.toISOString(),
  linkExpiresAt: row.link_expires_at.toISOString(),
  takenAt: row.taken_at?.toISOString() ?? null,
})

/** What follows the # is sent to nobody, and so stands in no log. */
const linkTo = (base: string, token: string): string => `${base}/v1/eab-links#${token}`

async function give(env: Environment, request: Request): Promise<{ credential: object; link: string }> {
  const { externalUrl } = env.config.console
  const base = addressedBase({ request, externalUrl, problem: 'badRequest' })
  const application = await findOwnApplication(env, request, String(request.params.id))
  const given = request.body as Schemas['UpstreamEabInput']
  const { actor } = callerOf(request)
  const { row, token } = await giveUpstreamEab(env, application, { ...given, actor })
  return { credential: represent(row), link: linkTo(base, token) }
}

async function look(env: Environment, request: Request): Promise<Schemas['UpstreamEab']> {
  const { id } = await findOwnApplication(env, request, String(request.params.id))
  const row = await findUpstreamEab(env.db, id)
  if (row) return represent(row)
  throw new ProblemError('notFound', 'No EAB credential was entered for this application yet', {
    ja: 'この申請の EAB はまだ登録されていません。',
  })
}

export function makeUpstreamEab(env: Environment): Router {
  const router = Router()
  router.post('/:id/eab', needScope('eab:write'), async (request, response) => {
    // RFC 9111 §5.2.2.5: the link is kept by no cache.
    response
      .status(201)
      .set('Cache-Control', 'no-store')
      .json(await give(env, request))
  })
  router.get('/:id/eab', needScope('eab:read', 'eab:write'), async (request, response) => {
    response.json(await look(env, request))
  })
  return router
}

const link = z.object({ token: z.string().regex(/^[\w-]{43}$/) })

/** Before the door where tokens are asked for: the link is the proof. */
export function makeEabLinks(env: Environment): Router {
  const router = Router()
  router.post('/', express.json({ limit: '1kb' }), async (request, response) => {
    const body = link.safeParse(request.body)
    if (!body.success)
      throw new ProblemError(
        'badRequest',
        'The body must be {"token": "…"}, what stands behind the # of the link',
        {
          ja: '本文は {"token": "リンクの # より後ろ"} の形にしてください。',
        },
      )
    response.set('Cache-Control', 'no-store').json(await takeUpstreamEab(env, body.data.token))
  })
  return router
}
