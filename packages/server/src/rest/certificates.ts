/** /v1/certificates: search, look (JSON, or the PEM chain by Accept), enter, revoke, confirm. */
import { type Request, Router } from 'express'
import { sendBytes } from '../http/send-bytes.js'
import { confirmReplacement } from '../issuance/confirm-replacement.js'
import { enterCertificate } from '../issuance/enter-certificate.js'
import type { Environment } from '../issuance/ports/environment.js'
import { applyForRevocations } from '../issuance/revoke-certificates.js'
import type { CertificateStatus } from '../issuance/states.js'
import { coversNames } from '../policy/approval.js'
import { needsNoSecondLook } from '../policy/second-look.js'
import { ProblemError } from '../problem/problem-error.js'
import { findCertificate } from '../store/certificates.js'
import { type InventoryFilter, searchCertificates } from '../store/inventory.js'
import type { ApplicationRow, CertificateCategory, CertificateRow } from '../store/tables.js'
import type { components } from './api-types.js'
import { callerOf, needScope } from './authenticate.js'
import { own } from './own.js'
import { nextOf, queryOf, readPage } from './page.js'
import { inserted, representApplication, representCertificate, representSummary } from './represent.js'
import { readInstant } from './read-time.js'

type Schemas = components['schemas']

const PEM_CHAIN = 'application/pem-certificate-chain'

/** One of another department is as unknown as one that does not exist. */
async function findOwn(env: Environment, request: Request): Promise<CertificateRow> {
  const serial = BigInt(String(request.params.serial)).toString()
  const { department, organisation } = callerOf(request)
  const row = await findCertificate(env.db, { organisation, serial })
  const isVisible = department === null || coversNames(department, row?.common_name ? [row.common_name] : [])
  return own(request, isVisible ? row : undefined, 'certificate')
}

async function search(env: Environment, request: Request): Promise<Schemas['CertificatePage']> {
  const { serial, expiresBefore, expiresFrom, issuedBefore, issuedFrom, ...query } = queryOf(request)
  const page = readPage(request)
  const filter: InventoryFilter = {
    organisation: callerOf(request).organisation,
    within: callerOf(request).department?.names,
    q: query.q,
    status: query.status as CertificateStatus | undefined,
    category: query.category as CertificateCategory | undefined,
    commonName: query.commonName,
    issuer: query.issuer,
    serial: serial && BigInt(serial).toString(),
    expiresBefore: readInstant(expiresBefore, 'expiresBefore'),
    expiresFrom: readInstant(expiresFrom, 'expiresFrom'),
    issuedBefore: readInstant(issuedBefore, 'issuedBefore'),
    issuedFrom: readInstant(issuedFrom, 'issuedFrom'),
  }
  const rows = await searchCertificates(env.db, filter, page)
  return {
    certificates: rows.map(representSummary),
    next: nextOf(rows, page.limit, ({ serial: last }) => last),
  }
}

const alreadyRevoked = (): ProblemError =>
  new ProblemError('conflict', 'The certificate has expired, is revoked, or its revocation is under way', {
    ja: '証明書は期限切れか、失効済みか、失効申請中です。',
  })

async function revoke(env: Environment, request: Request): Promise<ApplicationRow> {
  const { serial, organisation } = await findOwn(env, request)
  const caller = callerOf(request)
  const { reason, comment } = request.body as Schemas['Revocation']
  const approved = needsNoSecondLook(caller, env.organisation(organisation))
  const terms = { reason, comment, actor: caller.actor, approved }
  const [application] = await env.db
    .transaction()
    .execute((trx) => applyForRevocations(env, trx, { organisation, serials: [serial], ...terms }))
  if (!application) throw alreadyRevoked()
  env.ring('assemble')
  return inserted(application)
}

async function enter(env: Environment, request: Request): Promise<{ row: CertificateRow; isNew: boolean }> {
  const { organisation, actor } = callerOf(request)
  const input = request.body as Schemas['CertificateInput']
  const { serial, isNew } = await env.db
    .transaction()
    .execute((trx) => enterCertificate(env, trx, { ...input, organisation, actor }))
  return { row: own(request, await findCertificate(env.db, { organisation, serial }), 'certificate'), isNew }
}

async function confirm(env: Environment, request: Request): Promise<CertificateRow> {
  const row = await findOwn(env, request)
  const { actor } = callerOf(request)
  await env.db.transaction().execute((trx) => confirmReplacement(env, trx, row, actor))
  env.ring('assemble')
  return findOwn(env, request)
}

export function makeCertificates(env: Environment): Router {
  const router = Router()
  router.get('/', needScope('certificates:read'), async (request, response) => {
    response.json(await search(env, request))
  })
  router.post('/', needScope('certificates:write'), async (request, response) => {
    const { row, isNew } = await enter(env, request)
    response.status(isNew ? 201 : 200).json(representCertificate(row))
  })
  router.post('/:serial/revoke', needScope('applications:write'), async (request, response) => {
    response.status(201).json(representApplication(await revoke(env, request)))
  })
  router.post('/:serial/confirm-replaced', needScope('certificates:write'), async (request, response) => {
    response.json(representCertificate(await confirm(env, request)))
  })
  router.get('/:serial', needScope('certificates:read'), async (request, response) => {
    const row = await findOwn(env, request)
    const type = request.accepts(['application/json', PEM_CHAIN])
    if (!type)
      throw new ProblemError('notAcceptable', `Accept application/json or ${PEM_CHAIN}`, {
        ja: `Acceptには application/json か ${PEM_CHAIN} を指定してください。`,
      })
    if (type === PEM_CHAIN) sendBytes(response, PEM_CHAIN, row.pem + row.chain_pem)
    else response.json(representCertificate(row))
  })
  return router
}
