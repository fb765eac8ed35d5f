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

const malformedPath: Bilingual = {
  en: 'A percent sign in the path begins no byte of UTF-8 (RFC 3986 §2.1)',
  ja: 'パスの % の符号化が正しくありません（RFC 3986 §2.1）。',
}

const isMalformedPath = ({ message }: { message?: string }): boolean =>
  message?.startsWith('malformed uri') ?? false

function explainBadRequest({ errors = [], message }: HttpError): Bilingual {
  if (isMalformedPath({ message }) || errors.some(isMalformedPath)) return malformedPath
  if (errors.length > 0) return explainFaults(errors)
  return { en: message, ja: `リクエストを読み取れません（${message}）。` }
}

const details: Partial<Record<ProblemName, (error: HttpError) => Bilingual>> = {
  badRequest: explainBadRequest,
  notAcceptable: ({ message }) => ({
    en: `Accept another media type: ${message}`,
    ja: `Acceptで指定されたメディアタイプでは答えられません（${message}）。`,
  }),
  tooLarge: ({ message }) => ({
    en: `The request is too large: ${message}`,
    ja: `リクエストが大きすぎます（${message}）。`,
  }),
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

/** What PostgreSQL cannot keep in a text, and no field of a request is meant to hold. */
const zeroCharacter = (cause: unknown): ProblemError =>
  new ProblemError('badRequest', 'A text of the request holds the character U+0000; leave it out', {
    ja: 'リクエストの文字列にU+0000が含まれています。除いてください。',
    cause,
  })

// SQLSTATE: of text, and of JSON.
const isZeroCharacter = (error: unknown): boolean =>
  ['22021', '22P05'].includes(String((error as { code?: unknown }).code))

/** Of the router; the validator of the contract says so itself. */
const isUndecodable = (error: unknown): boolean =>
  error instanceof URIError && (error as HttpError).status === 400

/** @returns undefined for what is no fault of the caller's */
export function translate(error: unknown): ProblemError | undefined {
  const { status, type, message, headers } = error as HttpError
  if (type === 'entity.too.large') return tooLarge()
  if (type === 'entity.parse.failed')
    return new ProblemError('badRequest', `The body is not JSON: ${message}`, {
      ja: `本文がJSONではありません（${message}）。`,
    })
  if (isUndecodable(error)) return new ProblemError('badRequest', malformedPath.en, { ja: malformedPath.ja })
  if (isZeroCharacter(error)) return zeroCharacter(error)
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
