import type { Response } from 'express'

/** Sends text under exactly this media type: Express would add a charset, which these types do not have. */
export function sendBytes(response: Response, mediaType: string, text: string): void {
  response.setHeader('Content-Type', mediaType)
  response.send(Buffer.from(text))
}
