import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import express from 'express'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveConsole } from './assets.js'

const folder = mkdtempSync(join(tmpdir(), 'upki-console-'))
const script = 'console.log("a script")'
let http: ReturnType<typeof supertest>

beforeAll(() => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>UPKI</title>')
  writeFileSync(join(folder, 'assets/index-abc.js'), script)
  writeFileSync(join(folder, 'assets/index-abc.js.br'), brotliCompressSync(script))
  writeFileSync(join(folder, 'assets/secret.map'), 'not served')
  const app = express()
  app.use(serveConsole(folder))
  app.use((_request, response) => void response.status(404).json({}))
  http = supertest(app)
})
afterAll(() => rmSync(folder, { recursive: true }))

const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('serveConsole', () => {
  it.each(['/', '/applications', '/applications/0199-a', '/no/such/page'])(
    'gives the page at %s to a browser, to be asked for again, under a strict policy',
    async (path) => {
      const response = await http.get(path).set(page)
      expect(response.status).toBe(200)
      expect(response.text).toContain('<title>UPKI</title>')
      expect(response.headers['cache-control']).toBe('no-cache')
      expect(response.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/)
      expect(response.headers['content-security-policy']).not.toContain('unsafe')
    },
  )

  it.each(['/v1/nothing', '/acme/nothing', '/assets/nothing.js', '/assets/secret.map', '/../package.json'])(
    'leaves %s to others',
    async (path) => {
      expect((await http.get(path).set(page)).status).toBe(404)
    },
  )

  it('gives no page to a program that takes anything', async () => {
    expect((await http.get('/nothing').set('accept', '*/*')).status).toBe(404)
  })

  it.each([
    ['gzip, br', 'br'],
    ['gzip', undefined],
    ['identity', undefined],
    ['', undefined],
  ])('sends a file encoded as was built and as Accept-Encoding %j takes', async (accepted, encoding) => {
    const response = await http
      .get('/assets/index-abc.js')
      .set('accept-encoding', accepted)
      .buffer()
      .parse((stream, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => done(null, Buffer.concat(chunks)))
      })
    expect(response.headers['content-encoding']).toBe(encoding)
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(response.headers.vary).toBe('Accept-Encoding')
    expect(response.body).toEqual(Buffer.from(script))
  })

  it('says that nothing changed to whoever has it', async () => {
    const { headers } = await http.get('/').set(page)
    const again = await http.get('/').set({ ...page, 'if-none-match': headers.etag! })
    expect(again.status).toBe(304)
  })

  it('is not there without a build', async () => {
    const app = express()
    app.use(serveConsole(join(folder, 'nothing')))
    expect((await supertest(app).get('/').set(page)).status).toBe(404)
  })
})
