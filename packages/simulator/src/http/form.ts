/** Bodies of forms: URL-encoded ones, and multipart ones with a file. */
import busboy from 'busboy'
import type { UploadedFile } from '../checks/file.js'
import { PageError, readBody, type Exchange } from './exchange.js'

const mostFileOctets = 2 * 1024 * 1024
const mostFormOctets = 64 * 1024

export const readForm = async (exchange: Exchange): Promise<URLSearchParams> =>
  new URLSearchParams((await readBody(exchange, mostFormOctets)).toString('latin1'))

export interface MultipartForm {
  fields: ReadonlyMap<string, string>
  /** Of the field `file`; missing when none was chosen. */
  file?: UploadedFile
}

const badForm = (cause: unknown) =>
  new PageError(400, 'エラー', `フォームを読み取れません：${(cause as Error).message}`)

function startParser({ request }: Exchange) {
  try {
    return busboy({
      headers: request.headers,
      limits: { files: 1, fileSize: mostFileOctets, fields: 20, fieldSize: 4096, parts: 21 },
    })
  } catch (cause) {
    throw badForm(cause)
  }
}

/** @throws PageError 400 for what is no multipart form, 413 for a file above the limit. */
export function readMultipart(exchange: Exchange): Promise<MultipartForm> {
  const parser = startParser(exchange)
  const fields = new Map<string, string>()
  let file: UploadedFile | undefined
  return new Promise((resolve, reject) => {
    parser.on('field', (name, value) => fields.set(name, value))
    parser.on('file', (fieldName, stream, { filename }) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () =>
        reject(new PageError(413, 'エラー', `ファイルが大きすぎます（${mostFileOctets}バイト以内）。`)),
      )
      stream.on('close', () => {
        if (fieldName === 'file') file = { name: filename, octets: Buffer.concat(chunks) }
      })
    })
    parser.on('error', (cause) => reject(badForm(cause)))
    parser.on('close', () => resolve({ fields, ...(file ? { file } : {}) }))
    exchange.request.on('aborted', () => reject(badForm(new Error('the upload was cut off'))))
    exchange.request.pipe(parser)
  })
}
