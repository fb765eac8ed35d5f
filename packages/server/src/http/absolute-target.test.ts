import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeAbsoluteTarget } from './absolute-target.js'

let server: Server

beforeAll(async () => {
  const app = express()
  app.use(takeAbsoluteTarget)
  app.use((seen, response) => {
    response.json([seen.headers.host, seen.originalUrl, seen.path])
  })
  server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())

/** Host, target and path, as what comes after sees them. */
const seenOf = (path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const headers = { host: 'header.example.ac.jp' }
    request({ port, host: '127.0.0.1', path, headers }, (answer) => {
      answer.setEncoding('utf8').once('data', (text: string) => resolve(JSON.parse(text)))
    })
      .once('error', reject)
      .end()
  })

describe('a request target', () => {
  it.each([
    ['/acme/directory?a=/b', ['header.example.ac.jp', '/acme/directory?a=/b', '/acme/directory']],
    ['https://target.example.ac.jp/acme', ['target.example.ac.jp', '/acme', '/acme']],
    ['HTTP://target.example.ac.jp:8443/a?b=c', ['target.example.ac.jp:8443', '/a?b=c', '/a']],
    ['https://target.example.ac.jp', ['target.example.ac.jp', '/', '/']],
    ['https://target.example.ac.jp?b=c', ['target.example.ac.jp', '/?b=c', '/']],
    [
      '/https://target.example.ac.jp/',
      ['header.example.ac.jp', '/https://target.example.ac.jp/', '/https://target.example.ac.jp/'],
    ],
    // No host: whoever needs one refuses it.
    ['https:///acme', ['', '/acme', '/acme']],
  ])('%s has its own host, if it names one, else that of the header', async (target, seen) => {
    expect(await seenOf(target)).toEqual(seen)
  })
})
