/** An operator's browser for tests: the client certificate, the cookie, the frames and forms as they come. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import iconv from 'iconv-lite'
import type { KnobChanges, Simulator } from '../simulator/index.js'

export interface Page {
  status: number
  headers: IncomingHttpHeaders
  octets: Buffer
  html: string
}

export interface Upload {
  screen: string
  applyType: string
  /** Rows are written as cp932 with CRLF; octets go as they are; null sends no file. */
  file: readonly (readonly string[])[] | Buffer | null
  fileName?: string
  errorFlg?: string
}

type Login = Pick<Simulator, 'url' | 'caFile'> & Partial<Pick<Simulator, 'certFile' | 'keyFile'>>

export const toTsv = (rows: readonly (readonly string[])[]): Buffer =>
  iconv.encode(rows.map((row) => `${row.join('\t')}\r\n`).join(''), 'cp932')

const attribute = (html: string, form: RegExp) => form.exec(html)?.[1] ?? ''
const tokenIn = (html: string) =>
  attribute(html, /name="org\.apache\.struts\.taglib\.html\.TOKEN" value="([^"]+)"/)

export class Operator {
  cookie = ''
  private readonly agent: Agent

  constructor(private readonly login: Login) {
    const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path))
    this.agent = new Agent({
      keepAlive: true,
      ca: read(login.caFile),
      cert: read(login.certFile),
      key: read(login.keyFile),
    })
  }

  /** Rejects when the connection ends without an answer. */
  send(method: string, path: string, body?: Buffer, contentType?: string): Promise<Page> {
    const headers = {
      ...(this.cookie === '' ? {} : { Cookie: this.cookie }),
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(body === undefined ? {} : { 'Content-Length': body.length }),
    }
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.login.url),
        { method, headers, agent: this.agent },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const octets = Buffer.concat(chunks)
            const cookie = response.headers['set-cookie']?.[0]?.split(';')[0]
            if (cookie !== undefined) this.cookie = cookie
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              octets,
              html: iconv.decode(octets, 'EUC-JP'),
            })
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  get = (path: string) => this.send('GET', path)

  /** Logs in and shows the menu in the left frame. */
  async openMenu(): Promise<Page> {
    const frames = await this.get('/upki-odcert/lra/SSLLogin.do')
    return this.get(attribute(frames.html, /<frame name="hidari" src="([^"]+)"/))
  }

  /** The upload form of a menu code. */
  async openScreen(code: string): Promise<Page> {
    const { html } = await this.openMenu()
    const action = attribute(html, /<form name="MainMenuForm" method="post" action="([^"]+)"/)
    const form = new URLSearchParams({
      'org.apache.struts.taglib.html.TOKEN': tokenIn(html),
      forwardName: code,
    })
    return this.send('POST', action, Buffer.from(form.toString()), 'application/x-www-form-urlencoded')
  }

  async upload(upload: Upload): Promise<Page> {
    return this.submit(upload, await this.openScreen(upload.screen))
  }

  /** Fills in and submits an upload form that is open. */
  async submit({ screen, applyType, file, fileName = 'sample.tsv', errorFlg = '0' }: Upload, { html }: Page) {
    const form = new FormData()
    form.set('org.apache.struts.taglib.html.TOKEN', tokenIn(html))
    form.set('forwardName', screen)
    form.set('applyType', applyType)
    form.set('errorFlg', errorFlg)
    if (file) {
      const octets = Buffer.isBuffer(file) ? file : toTsv(file)
      form.set('file', new Blob([new Uint8Array(octets)], { type: 'application/force-download' }), fileName)
    }
    const body = new Response(form)
    const action = attribute(html, new RegExp(`<form name="${screen}" method="post" action="([^"]+)"`))
    const octets = Buffer.from(await body.arrayBuffer())
    return this.send('POST', action, octets, body.headers.get('content-type') ?? '')
  }

  /** Lines of a report as objects keyed by heading. */
  async report(kind: 'Srv' | 'Cli'): Promise<Record<string, string>[]> {
    if (this.cookie === '') await this.openMenu()
    const { octets } = await this.get(`/upki-odcert/lra/syomeiDL_S_${kind}.do`)
    const [headings = [], ...lines] = iconv
      .decode(octets, 'cp932')
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split('\t'))
    return lines.map((line) =>
      Object.fromEntries(headings.map((heading, index) => [heading, line[index] ?? ''])),
    )
  }

  /** The report once `isDone` holds of it. */
  async reportWhen(
    kind: 'Srv' | 'Cli',
    isDone: (lines: Record<string, string>[]) => boolean,
  ): Promise<Record<string, string>[]> {
    for (;;) {
      const lines = await this.report(kind)
      if (isDone(lines)) return lines
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async turnKnobs(knobs: KnobChanges): Promise<Page> {
    return this.send('POST', '/simulator/knobs', Buffer.from(JSON.stringify(knobs)), 'application/json')
  }

  async applications() {
    const { octets } = await this.get('/simulator/applications')
    return JSON.parse(octets.toString()) as {
      uploads: Record<string, number>
      applications: Record<string, string | number | boolean | null>[]
    }
  }

  close(): void {
    this.agent.destroy()
  }
}

/** Texts of the answer page's cells, row by row, without the headings. */
export const answerRows = ({ html }: Page): string[][] =>
  [...html.matchAll(/<tr>(<td>.*?)<\/tr>/g)].map((row) =>
    [...(row[1] ?? '').matchAll(/<td>(.*?)<\/td>/g)].map((cell) => cell[1] ?? ''),
  )
