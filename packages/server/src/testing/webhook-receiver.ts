/** A program that webhooks call, on loopback with a certificate of its own; it answers as a test says. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureTls } from '../http/tls.js'
import type { EventMessage } from '../notify/represent-event.js'

export interface Received {
  headers: Record<string, string>
  body: string
  event: EventMessage
}

export interface WebhookReceiver {
  url: string
  /** To be trusted. */
  caFile: string
  received: Received[]
  /** The status that an event is answered with; 0: none at all. */
  answer: (event: EventMessage) => number
  /** Gets what answers a call that `answer` leaves without one. */
  onHeld: (reply: (status: number) => void) => void
  /** Headers of every answer. */
  headers: Record<string, string>
  close(): Promise<void>
}

export async function startReceiver(): Promise<WebhookReceiver> {
  const directory = mkdtempSync(join(tmpdir(), 'upki-receiver-'))
  const server = createServer(await ensureTls(directory, '127.0.0.1'))
  const receiver: WebhookReceiver = {
    url: '',
    caFile: join(directory, 'ca.pem'),
    received: [],
    answer: () => 204,
    onHeld: () => undefined,
    headers: {},
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(directory, { recursive: true, force: true })
    },
  }
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const event = JSON.parse(body) as EventMessage
      const headers = request.headers as Record<string, string>
      receiver.received.push({ headers, body, event })
      const status = receiver.answer(event)
      const reply = (code: number) => void response.writeHead(code, receiver.headers).end()
      if (status === 0) receiver.onHeld(reply)
      else reply(status)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return receiver
}
