/** Faults found by body-parser and by the validator of the contract, in our catalogue's words. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { error as contractErrors } from 'express-openapi-validator'
import { ProblemError } from '../problem/problem-error.js'
import type { ProblemName } from '../problem/problems.js'
import { type ContractFault, explainFaults } from './explain-contract.js'

interface HttpError {
  status?: number
  type?: string
  message: string
  headers?: Record<string, string>
  errors?: ContractFault[]
}

const byStatus: Partial<Record<number, ProblemName>> = {
  400: 'badRequest',
  404: 'notFound',
  405: 'methodNotAllowed',
  406: 'notAcceptable',
  413: 'tooLarge',
  415: 'unsupportedMediaType',
}

const details: Partial<Record<ProblemName, (error: HttpError) => Bilingual>> = {
  badRequest: ({ errors = [], message }) =>
    errors.length > 0
      ? explainFaults(errors)
      : { en: message, ja: `リクエストを読み取れません（${message}）。` },
  notFound: () => ({
    en: 'There is nothing at this path; see /v1/openapi.json',
    ja: 'このパスには何もありません。/v1/openapi.json をご覧ください。',
  }),
  methodNotAllowed: ({ headers }) => ({
    en: `Use ${headers?.Allow ?? 'another method'} here`,
    ja: `ここで使えるのは ${headers?.Allow ?? '別のメソッド'} です。`,
  }),
  unsupportedMediaType: ({ message }) => ({
    en: `Send another Content-Type or encoding: ${message}`,
    ja: `Content-Typeまたは符号化に対応していません（${message}）。`,
  }),
}

const isContractError = (error: unknown): boolean =>
  Object.values(contractErrors).some((kind) => error instanceof kind)

/** zlib's faults pass body-parser as they are, with status 400. */
const isCorruptEncoding = (error: unknown): boolean => {
  const { status, code } = error as { status?: number; code?: unknown }
  return status === 400 && typeof code === 'string' && /^Z_|^ERR_/.test(code)
}

const tooLarge = (): ProblemError =>
  new ProblemError('tooLarge', 'The body is larger than this resource takes; send fewer rows at a time', {
    ja: '本文が大きすぎます。行を分けて送ってください。',
  })

/** @returns undefined for what is no fault of the caller's */
export function translate(error: unknown): ProblemError | undefined {
  const { status, type, message, headers } = error as HttpError
  if (type === 'entity.too.large') return tooLarge()
  if (type === 'entity.parse.failed')
    return new ProblemError('badRequest', `The body is not JSON: ${message}`, {
      ja: `本文がJSONではありません（${message}）。`,
    })
  if (isCorruptEncoding(error))
    return new ProblemError('badRequest', 'The body is not encoded as Content-Encoding says', {
      ja: '本文がContent-Encodingのとおりに圧縮されていません。',
      cause: error,
    })
  if (typeof type !== 'string' && !isContractError(error)) return undefined
  const name = status === undefined ? undefined : byStatus[status]
  if (!name) return undefined
  const { en, ja } = details[name]?.(error as HttpError) ?? { en: message, ja: message }
  return new ProblemError(name, en, { ja, headers, cause: error })
}
