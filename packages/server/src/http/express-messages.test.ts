import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { messagesOf } from './express-messages.js'

let server: Server | undefined

afterEach(() => {
  server?.close()
})

describe('the messages of the application', () => {
  it('have the prototypes that Express would give them, before it has seen them', async () => {
    const app = express()
    app.get('/', (request, response) => {
      response.json({ host: request.hostname, isHtml: request.accepts('html'), app: request.app === app })
    })
    const options = messagesOf(app)
    const came: unknown[] = []
    server = createServer(options, (request: IncomingMessage, response: ServerResponse) => {
      came.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response))
      app(request, response)
    })
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } })
    expect(came).toEqual([app.request, app.response])
    expect(await answer.json()).toEqual({ host: '127.0.0.1', isHtml: 'html', app: true })
  })
})
