/** The body of a request as applications, read as it comes. */
import type { RequestedKind } from '@upki-gateway/shared/application'
import { isApplicationKind } from '@upki-gateway/shared/application'
import { hintsOfMediaType, readApplications } from '@upki-gateway/shared/formats'
import type { Reading } from '@upki-gateway/shared/formats'
import type { Request } from 'express'
import { ProblemError } from '../problem/problem-error.js'

export interface BodyLimits {
  maxBytes: number
  maxRows?: number
}

/** @throws ProblemError for a media type that holds no applications, an unknown kind, and a body over the limit */
export async function readBody(request: Request, { maxBytes, maxRows }: BodyLimits): Promise<Reading> {
  const type = request.get('content-type') ?? ''
  const hints = hintsOfMediaType(type)
  if (!hints)
    throw new ProblemError(
      'unsupportedMediaType',
      'Send application/json, application/x-ndjson, text/csv, text/tab-separated-values or application/xml',
      { ja: 'JSON、JSON Lines、CSV、TSV、XMLのどれかのContent-Typeで送ってください。' },
    )
  const kind = kindOf(request)
  return readApplications(limited(request, maxBytes), {
    ...hints,
    ...(kind && { kind }),
    ...(maxRows !== undefined && { maxRows }),
  })
}

/** The `kind` of the query: that of rows which name none. */
export function kindOf(request: Request): RequestedKind | undefined {
  const { kind } = request.query
  if (kind === undefined || kind === 'server' || isApplicationKind(kind)) return kind
  throw new ProblemError('badRequest', 'The kind in the query is not one of the contract', {
    ja: 'クエリのkindが決められた種類ではありません。',
  })
}

/** Such a body is read as it comes, so its bytes are the text: a compressed one would be taken for a broken file. */
function checkNotEncoded(request: Request): void {
  const encoding = request.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() === 'identity') return
  throw new ProblemError(
    'unsupportedMediaType',
    `Send the body without Content-Encoding (${encoding.slice(0, 40)})`,
    {
      ja: `本文を圧縮せず、Content-Encoding（${encoding.slice(0, 40)}）を付けずに送ってください。`,
      // RFC 9110 §15.5.16.
      headers: { 'Accept-Encoding': 'identity' },
    },
  )
}

/** @throws ProblemError for a body that is compressed or over the limit */
export async function* limited(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  checkNotEncoded(request)
  let length = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maxBytes)
      throw new ProblemError('tooLarge', `The body is larger than ${maxBytes} bytes; send it in parts`, {
        ja: `本文が${maxBytes}バイトを超えています。分けて送ってください。`,
      })
    yield chunk
  }
}
