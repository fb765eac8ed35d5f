/**
 * The outcome of a batch may come as the page itself, as a browser saved it: it becomes the JSON that the
 * contract knows.
 */
import express, { type RequestHandler, Router } from 'express'
import iconv from 'iconv-lite'

const MAX_PAGE = '4mb'

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const countBroken = (text: string): number => text.split('\ufffd').length - 1

/** UTF-8, or EUC-JP as the service sends it, or Shift_JIS of programs that save so: whichever fits. */
export function decodePage(bytes: Buffer): string {
  const utf8 = decodeUtf8(bytes)
  if (utf8 !== undefined) return utf8
  const [eucJp, shiftJis] = [iconv.decode(bytes, 'EUC-JP'), iconv.decode(bytes, 'cp932')]
  return countBroken(shiftJis) < countBroken(eucJp) ? shiftJis : eucJp
}

const toJson: RequestHandler = (request, _response, next) => {
  if (Buffer.isBuffer(request.body)) {
    request.body = { page: decodePage(request.body) }
    request.headers['content-type'] = 'application/json'
  }
  next()
}

export function readOutcomePages(): Router {
  const router = Router()
  router.post('/:id/outcome', express.raw({ type: ['text/html', 'text/plain'], limit: MAX_PAGE }), toJson)
  return router
}
