import type { Response } from 'express'

/** Sends text or bytes under exactly this media type: Express would add a charset, which these types do not have. */
export function sendBytes(response: Response, mediaType: string, content: string | Buffer): void {
  response.setHeader('Content-Type', mediaType)
  response.send(typeof content === 'string' ? Buffer.from(content) : content)
}
