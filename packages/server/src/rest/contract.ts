/** The contract, and the validation of requests and answers against it. Source: openapi/openapi.yaml. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RequestHandler } from 'express'
import { middleware } from 'express-openapi-validator'
import { parse } from 'yaml'
import type { Environment } from '../issuance/ports/environment.js'
import { readInputs } from './applications.js'

type Contract = Parameters<typeof middleware>[0]['apiSpec']

const file = fileURLToPath(new URL('../../../../openapi/openapi.yaml', import.meta.url))

export const loadContract = (): Exclude<Contract, string> =>
  parse(readFileSync(file, 'utf8')) as Exclude<Contract, string>

/**
 * Answers are checked where the configuration says so, as all tests do: one that parts from the contract is logged, and
 * the caller gets `serverInternal`, because an answer nobody agreed on is a fault of ours.
 */
export function validateContract(apiSpec: Contract, { config, log }: Environment): RequestHandler[] {
  return middleware({
    apiSpec,
    validateRequests: { removeAdditional: false },
    validateResponses: config.checksAnswers && {
      onError: (error, _body, request) => {
        log.error({ error: error.message, path: request.path }, 'answer parts from the contract')
        throw new Error('The answer parts from the contract', { cause: error })
      },
    },
    validateSecurity: false,
    validateFormats: true,
  }) as RequestHandler[]
}

/** Rows are told by the domain, in both languages and by field, before the contract speaks of JSON paths. */
export const checkRowsFirst: RequestHandler = (request, _response, next) => {
  if (request.method === 'POST' && request.path === '/applications' && request.is('json'))
    readInputs(request.body)
  next()
}
