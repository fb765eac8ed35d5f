import type { ErrorRequestHandler } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { findAccountByKey } from '../store/acme-accounts.js'
import { thumbprintOf } from './jws/account-key.js'
import { PrivateKeyError } from './jws/private-key.js'

/** Passes every error on. A private key that was sent is one that others may have: the log says whose and where, never the key. */
export const logPrivateKeys =
  ({ db, log }: Pick<Environment, 'db' | 'log'>): ErrorRequestHandler =>
  async (error, request, _response, next) => {
    if (error instanceof PrivateKeyError) {
      const thumbprint = await thumbprintOf(error.jwk)
      const account = thumbprint && (await findAccountByKey(db, thumbprint))
      log.warn(
        { address: request.ip, path: request.path, thumbprint, account: account && account.id },
        'an ACME client sent a private key; deactivate its account if it has one',
      )
    }
    next(error)
  }
