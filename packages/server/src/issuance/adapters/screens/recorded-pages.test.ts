/**
 * The way through the screens, by recorded pages: what is sent at each step, and that nothing is guessed when
 * a page looks different. The pages in recorded/ are the simulator's, made after docs/issuance-system.md; those of the real
 * service take their place, byte for byte, once they have been recorded.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeReport } from '../../../testing/by-hand.js'
import { type IssuanceSystem, NotSentError, OutcomeUnknownError } from '../../ports/issuance-system.js'
import { makeScreens } from './screens.js'
import { type SiteChanges, siteChanges } from './site-profile.js'

const directory = mkdtempSync(join(tmpdir(), 'upki-pages-'))
const at = (name: string) => join(directory, name)
const recorded = (name: string) => readFileSync(new URL(`recorded/${name}.html`, import.meta.url))
const text = (name: string) => iconv.decode(recorded(name), 'EUC-JP')

interface Answer {
  status?: number
  headers?: Record<string, string>
  page: Buffer | AsyncIterable<Buffer>
}
const usual: Record<string, Answer & { page: Buffer }> = {
  'GET /upki-odcert/lra/SSLLogin.do': {
    page: recorded('login'),
    headers: { 'set-cookie': 'JSESSIONID=1; Path=/upki-odcert; Secure' },
  },
  'GET /upki-odcert/lra/Menu.do': { page: recorded('menu') },
  'POST /upki-odcert/lra/MainMenu.do': { page: recorded('upload-form') },
  'POST /upki-odcert/lra/SP1011.do': { page: recorded('taken') },
}
let answers: Record<string, Answer>
let seen: { step: string; cookie?: string; body: string }[]
let server: Server
let url: string

async function answer(request: IncomingMessage): Promise<Answer> {
  const step = `${request.method} ${request.url}`
  const body = iconv.decode(await buffer(request), 'latin1')
  seen.push({ step, cookie: request.headers.cookie, body })
  return answers[step] ?? { status: 404, page: Buffer.from('') }
}

beforeAll(async () => {
  const made = ['-keyout', at('key.pem'), '-out', at('cert.pem'), '-newkey', 'rsa:2048', '-nodes']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...made, ...names], { stdio: 'ignore' })
  const [cert, key] = [readFileSync(at('cert.pem')), readFileSync(at('key.pem'))]
  server = createServer({ cert, key, ca: cert, requestCert: true }, (request, response) => {
    void answer(request).then(({ status = 200, headers, page }) => {
      response.writeHead(status, headers)
      Readable.from(Buffer.isBuffer(page) ? [page] : page).pipe(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const files = { certFile: at('cert.pem'), keyFile: at('key.pem'), caFile: at('cert.pem') }
  writeFileSync(at('operator.json'), JSON.stringify({ url, ...files }))
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true, force: true })
})
beforeEach(() => {
  answers = { ...usual }
  seen = []
})

const screens = (site: Partial<SiteChanges> = {}) =>
  makeScreens({
    ...{ id: 's', adapter: 'screens', credentialsFile: at('operator.json'), chainFiles: [at('cert.pem')] },
    ...{ settleSeconds: 1, resubmitAfterProof: false, heldAfterSeconds: 1, missingAfterSeconds: 1 },
    ...{
      reportIntervalSeconds: 1,
      uploadTimeoutSeconds: 20,
      leaseSeconds: 90,
      secondsBetweenUploads: 0,
      historyIntervalHours: 24,
    },
    maintenance: [],
    site: siteChanges.parse(site),
  })
const submitBy = (system: IssuanceSystem) =>
  system.submit(
    { kind: 'client-issue', bytes: Buffer.from('a row\r\n'), fileName: 'client-issue-1.tsv' },
    AbortSignal.timeout(20_000),
  )
const submit = (site?: Partial<SiteChanges>) => submitBy(screens(site))
const change = (step: string, from: string | RegExp, to: string) => {
  const page = iconv.decode(usual[step]!.page, 'EUC-JP')
  expect(page).toMatch(from)
  answers[step] = { ...usual[step], page: iconv.encode(page.replace(from, to), 'EUC-JP') }
}
const [login, frame] = Object.keys(usual) as [string, string]
const menu = 'POST /upki-odcert/lra/MainMenu.do'
const upload = 'POST /upki-odcert/lra/SP1011.do'

describe('the way through the recorded pages', () => {
  it('goes from the login over the menu and the form to the completion page', async () => {
    expect(await submit()).toEqual({ outcome: 'accepted' })
    expect(seen.map(({ step }) => step)).toEqual(Object.keys(usual))
    expect(seen.slice(1).map(({ cookie }) => cookie)).toEqual(Array(3).fill('JSESSIONID=1'))
  })

  it('carries the hidden fields, and asks that nothing is registered when a row is wrong', async () => {
    await submit()
    const token = (page: string) => /TOKEN" value="(\w+)"/.exec(text(page))![1]!
    expect(seen[2]!.body).toContain(`TOKEN=${token('menu')}`)
    expect(seen[2]!.body).toContain('forwardName=SP1011')
    const form = seen[3]!.body
    for (const [name, value] of [
      ['org.apache.struts.taglib.html.TOKEN', token('upload-form')],
      ['applyType', '1'],
      ['errorFlg', '0'],
    ])
      expect(form).toContain(`name="${name}"\r\n\r\n${value}\r\n`)
    expect(form).toContain('name="file"; filename="client-issue-1.tsv"')
    expect(form).toContain('a row\r\n')
  })

  it('reads each error of the error page', async () => {
    answers[upload] = { page: recorded('refused') }
    expect(await submit()).toMatchObject({
      outcome: 'refused',
      errors: [
        { row: 1, code: '201', column: 11, item: '利用者氏名' },
        { row: 1, code: '206', column: 14, message: '利用者E-mailはメール形式ではありません。' },
      ],
    })
  })

  it('takes the names of the pages from the configuration', async () => {
    change('GET /upki-odcert/lra/SSLLogin.do', 'hidari', 'left')
    change(menu, /SP1011(?!\.do)/g, 'SP2011')
    answers['GET /other/login.do'] = answers['GET /upki-odcert/lra/SSLLogin.do']!
    const uploads = { 'client-issue': { menuCode: 'SP2011', applyType: '7' } }
    expect(await submit({ loginPath: '/other/login.do', menuFrame: 'left', uploads })).toEqual({
      outcome: 'accepted',
    })
    expect(seen[3]!.body).toContain('name="applyType"\r\n\r\n7\r\n')
  })
})

describe('a page that looks different', () => {
  it.each([
    ['no frame of the menu', 'GET /upki-odcert/lra/SSLLogin.do', 'hidari', 'hidari2'],
    ['no form in the menu', 'GET /upki-odcert/lra/Menu.do', 'name="MainMenuForm"', ''],
    ['another form', menu, 'name="SP1011"', 'name="SP1012"'],
    ['no choice for errors', menu, /errorFlg/g, 'errorMode'],
    ['a form that leads elsewhere', menu, 'action="/upki', 'action="https://elsewhere.example/upki'],
  ])('before the upload sends nothing: %s', async (_, step, from, to) => {
    change(step, from, to)
    await expect(submit()).rejects.toThrow(NotSentError)
    expect(seen.map((request) => request.step)).not.toContain(upload)
  })

  it.each([
    ['the wrong screen', 'wrong-screen'],
    ['a lost session', 'session-lost'],
    ['the login page', 'login'],
  ])('instead of the menu sends nothing: %s', async (_, page) => {
    answers[menu] = { page: recorded(page) }
    await expect(submit()).rejects.toThrow(NotSentError)
    expect(seen.map((request) => request.step)).not.toContain(upload)
  })

  it.each([
    ['the wrong screen', 'wrong-screen'],
    ['a lost session', 'session-lost'],
    ['the form again', 'upload-form'],
    ['the menu', 'menu'],
  ])('after the upload decides nothing, and is kept: %s', async (_, page) => {
    answers[upload] = { page: recorded(page) }
    const failure = await submit().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OutcomeUnknownError)
    expect((failure as OutcomeUnknownError).options.page).toBe(text(page))
  })

  it.each([302, 404, 500, 503])('after the upload decides nothing: status %i', async (status) => {
    answers[upload] = { status, headers: { location: '/' }, page: recorded('taken') }
    await expect(submit()).rejects.toThrow(OutcomeUnknownError)
  })
})

describe('one visit after another', () => {
  const steps = () => seen.splice(0).map(({ step }) => step)

  it('logs in once', async () => {
    const system = screens()
    await submitBy(system)
    expect(steps()).toContain(login)
    await submitBy(system)
    expect(steps()).toEqual([frame, menu, upload])
  })

  it('logs in anew where the service has ended the login, and uploads once', async () => {
    const system = screens()
    await submitBy(system)
    steps()
    answers[frame] = { page: recorded('session-lost') }
    Object.defineProperty(answers, login, {
      get: () => {
        answers[frame] = usual[frame]!
        return usual[login]
      },
    })
    expect(await submitBy(system)).toEqual({ outcome: 'accepted' })
    expect(steps()).toEqual([frame, login, frame, menu, upload])
  })
})

describe('a report', () => {
  const path = '/upki-odcert/lra/syomeiDL_S_Srv.do'
  const download = `GET ${path}`
  async function serials(system: IssuanceSystem): Promise<string[]> {
    const read: string[] = []
    for await (const { serial } of system.report('server')) read.push(serial)
    return read
  }

  it('is asked for with a new login where the service shows a page, the old one having ended', async () => {
    const system = screens()
    answers[download] = { page: makeReport({ 24: '1' }) }
    expect(await serials(system)).toEqual(['1'])
    expect(seen.splice(0).map(({ step }) => step)).toEqual([login, download])
    answers[download] = { page: recorded('session-lost') }
    Object.defineProperty(answers, login, {
      get: () => {
        answers[download] = { page: makeReport({ 24: '2' }) }
        return usual[login]
      },
    })
    expect(await serials(system)).toEqual(['2'])
    expect(seen.map(({ step }) => step)).toEqual([download, login, download])
  })

  it.each(['wrong-screen', 'session-lost', 'login'])('is not read from a page: %s', async (page) => {
    answers[download] = { page: recorded(page) }
    await expect(serials(screens())).rejects.toThrow('a page instead of the file')
  })

  /** Heading and two rows, the second only when the first has been read. */
  function comesSlowly(): () => void {
    const [heading, ...rows] = makeReport({ 24: '1' }, { 24: '2' })
      .toString('latin1')
      .split(/(?<=\n)/)
    let goOn = () => {}
    const isRead = new Promise<void>((resolve) => (goOn = resolve))
    async function* pieces() {
      yield Buffer.from(`${heading}${rows[0]}`, 'latin1')
      await isRead
      yield Buffer.from(rows[1] ?? '', 'latin1')
    }
    answers[`GET ${path}`] = { page: pieces() }
    return goOn
  }

  it('is read row by row as it comes, however long it is', async () => {
    const goOn = comesSlowly()
    const serials: string[] = []
    for await (const { serial } of screens().report('server')) {
      serials.push(serial)
      goOn()
    }
    expect(serials).toEqual(['1', '2'])
  })
})
