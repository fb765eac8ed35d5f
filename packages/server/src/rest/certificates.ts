/** /v1/certificates/{serial}: JSON, or the PEM chain by Accept. */
import { type Request, Router } from 'express'
import { sendBytes } from '../http/send-bytes.js'
import type { Environment } from '../issuance/ports/environment.js'
import { ProblemError } from '../problem/problem-error.js'
import { findCertificate } from '../store/certificates.js'
import type { CertificateRow } from '../store/tables.js'
import { needScope } from './authenticate.js'
import { own } from './own.js'
import { representCertificate } from './represent.js'

const PEM_CHAIN = 'application/pem-certificate-chain'

async function findOwn(env: Environment, request: Request): Promise<CertificateRow> {
  const serial = BigInt(String(request.params.serial)).toString()
  return own(request, await findCertificate(env.db, serial), 'certificate')
}

export function makeCertificates(env: Environment): Router {
  const router = Router()
  router.get('/:serial', needScope('certificates:read'), async (request, response) => {
    const row = await findOwn(env, request)
    const type = request.accepts(['application/json', PEM_CHAIN])
    if (!type) throw new ProblemError('notAcceptable', `Accept application/json or ${PEM_CHAIN}`)
    if (type === PEM_CHAIN) sendBytes(response, PEM_CHAIN, row.pem + row.chain_pem)
    else response.json(representCertificate(row))
  })
  return router
}
