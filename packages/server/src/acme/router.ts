/** The ACME face under /acme (RFC 8555). */
import { Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'

export function makeAcme(_env: Environment): Router {
  return Router()
}
