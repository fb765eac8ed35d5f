/**
 * The console's files, read once at start: their names hold a hash of their content, so browsers keep
 * them for good; the page itself is asked for again each time. Compressed when they were built.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Request, RequestHandler, Response } from 'express'

const folder = fileURLToPath(new URL('../../../console/dist', import.meta.url))

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** No inline code or style, nothing from elsewhere, no frame around it, no text that becomes code. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const encodings = { br: '.br', gzip: '.gz' } as const

type Encoding = keyof typeof encodings

interface Asset {
  type: string
  content: Buffer
  etag: string
  encoded: Partial<Record<Encoding, Buffer>>
}

const readIfThere = (path: string): Buffer | undefined => (existsSync(path) ? readFileSync(path) : undefined)

function readAsset(path: string, type: string): Asset {
  const content = readFileSync(path)
  const [br, gzip] = [readIfThere(path + encodings.br), readIfThere(path + encodings.gzip)]
  return {
    type,
    content,
    etag: `"${createHash('sha256').update(content).digest('base64url')}"`,
    encoded: { ...(br && { br }), ...(gzip && { gzip }) },
  }
}

function readAssets(root: string): ReadonlyMap<string, Asset> {
  const files = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : []
  return new Map(
    files.flatMap((name): [string, Asset][] => {
      const type = types[extname(name)]
      const path = join(root, name)
      return type ? [[`/${relative(root, path).split(sep).join('/')}`, readAsset(path, type)]] : []
    }),
  )
}

function send(request: Request, response: Response, asset: Asset): void {
  response.set({ 'Content-Type': asset.type, ETag: asset.etag, Vary: 'Accept-Encoding' })
  if (request.fresh) return void response.status(304).end()
  const offered = (Object.keys(asset.encoded) as Encoding[]).filter((name) => asset.encoded[name])
  const encoding = request.acceptsEncodings(...offered) as Encoding | 'identity' | false
  const encoded = encoding && encoding !== 'identity' ? asset.encoded[encoding] : undefined
  if (encoded) response.set('Content-Encoding', String(encoding))
  response.end(encoded ?? asset.content)
}

/** Pages of the console are addresses of their own: whoever opens one gets the console, which shows it. */
const isPage = (request: Request): boolean =>
  !/^\/(v1|acme)(\/|$)/.test(request.path) &&
  extname(request.path) === '' &&
  // A program that takes anything asks for no page: it is told that there is nothing.
  request.accepts(['json', 'html']) === 'html'

/** @param root where `npm run build` put the console; without it there is none */
export function serveConsole(root = folder): RequestHandler {
  const assets = readAssets(root)
  const page = assets.get('/index.html')
  return (request, response, next) => {
    if (!page || (request.method !== 'GET' && request.method !== 'HEAD')) return next()
    const asset = assets.get(request.path)
    if (asset && asset !== page) {
      response.set('Cache-Control', 'public, max-age=31536000, immutable')
      return send(request, response, asset)
    }
    if (!isPage(request)) return next()
    response.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy })
    send(request, response, page)
  }
}
