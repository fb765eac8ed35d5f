/**
 * One logged-in visit to the screens: mutual TLS, cookies, EUC-JP pages, forms.
 */
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import { type HTMLElement, parse } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'
import { type Dispatcher, type FormData, request as send } from 'undici'
import { groupBy } from '../../group-by.js'
import type { Login } from './credential.js'
import type { SiteProfile } from './site-profile.js'

type Body = Dispatcher.ResponseData['body']

const urlEncoded = { 'content-type': 'application/x-www-form-urlencoded' }

const MAX_PAGE_BYTES = 4 * 1024 * 1024

/** What the service knows a visitor by, for one visit after the other. */
export class SignedIn {
  cookies = new CookieJar()
  /** Known once the login page was read. */
  menuPath: string | undefined

  forget(): void {
    this.cookies = new CookieJar()
    this.menuPath = undefined
  }
}

export class Session {
  constructor(
    private readonly login: Login,
    private readonly site: SiteProfile,
    private readonly signal: AbortSignal,
    private readonly signedIn = new SignedIn(),
  ) {}

  /** @throws when the server cannot be reached or answers other than 200 */
  async request(path: string, form?: FormData | URLSearchParams): Promise<Body> {
    const url = this.#address(path)
    const { statusCode, headers, body } = await send(url, {
      method: form ? 'POST' : 'GET',
      body: form instanceof URLSearchParams ? form.toString() : form,
      headers: {
        cookie: await this.signedIn.cookies.getCookieString(url.href),
        ...(form instanceof URLSearchParams ? urlEncoded : {}),
      },
      dispatcher: this.login.agent,
      signal: this.signal,
    })
    for (const cookie of [headers['set-cookie'] ?? []].flat())
      await this.signedIn.cookies.setCookie(cookie, url.href, { ignoreError: true })
    if (statusCode === 200) return body
    await body.dump()
    throw new Error(`${url.pathname} answered with status ${statusCode}`)
  }

  /** @throws when a page leads to another host: the operator's session is for this one */
  #address(path: string): URL {
    const url = new URL(path, this.login.origin)
    if (url.origin === this.login.origin) return url
    throw new Error(`the page leads to ${url.origin}, away from ${this.login.origin}`)
  }

  async text(body: Body): Promise<string> {
    const bytes = Buffer.from(await body.arrayBuffer())
    if (bytes.length > MAX_PAGE_BYTES)
      throw new Error(`the page has ${bytes.length} bytes; at most ${MAX_PAGE_BYTES} are read`)
    return iconv.decode(bytes, this.site.encoding)
  }

  async page(path: string, form?: FormData | URLSearchParams): Promise<HTMLElement> {
    return parse(await this.text(await this.request(path, form)))
  }

  /** Logs in, unless an earlier visit did. @returns the path of the menu, which is in a frame */
  async #signIn(): Promise<string> {
    return (this.signedIn.menuPath ??= await this.#findMenu())
  }

  async #findMenu(): Promise<string> {
    const frames = await this.page(this.site.loginPath)
    const source = frames.querySelector(`frame[name="${this.site.menuFrame}"]`)?.getAttribute('src')
    if (!source) throw new Error(`the login page has no frame ${this.site.menuFrame}`)
    return new URL(source, new URL(this.site.loginPath, this.login.origin)).pathname
  }

  /** What can be repeated: where the service has ended the login of an earlier visit, by a new one. */
  async #signedInFor<T>(work: (menuPath: string) => Promise<T>): Promise<T> {
    const isNew = this.signedIn.menuPath === undefined
    try {
      return await work(await this.#signIn())
    } catch (error) {
      if (isNew) throw error
      this.signedIn.forget()
      return work(await this.#signIn())
    }
  }

  openMenu(): Promise<HTMLElement> {
    return this.#signedInFor((menuPath) => this.page(menuPath))
  }

  /** @param path of a file that can be had by whoever is logged in @throws where a page comes instead */
  download(path: string): Promise<AsyncIterable<Uint8Array>> {
    return this.#signedInFor(async () => fileIn(await this.request(path)))
  }

  /** Chooses an entry of the menu, which is good for one choice, and returns the form it opens. */
  openForm(menuCode: string): Promise<Form> {
    return this.#signedInFor(async (menuPath) => {
      const menu = findForm(await this.page(menuPath), this.site.menuForm)
      const values = new URLSearchParams({ ...menu.hidden, forwardName: menuCode })
      const form = findForm(await this.page(menu.action, values), menuCode)
      return { ...form, action: this.#address(form.action).pathname }
    })
  }
}

const LESS_THAN = 0x3c

/** As it comes. A page, such as of a login that has ended, comes with status 200 as well; no report begins like one. */
async function fileIn(body: Body): Promise<AsyncIterable<Uint8Array>> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
  const first = await pieces.next()
  if (first.done) return Readable.from([])
  if (first.value.find((octet) => octet > 0x20) === LESS_THAN) {
    body.destroy()
    throw new Error('the service sent a page instead of the file')
  }
  return (async function* () {
    yield first.value
    yield* pieces
  })()
}

export interface Form {
  action: string
  /** Values of radio buttons by name, in the page's order. */
  choices: Map<string, string[]>
  /** Hidden fields, to be carried along. */
  hidden: Record<string, string>
}

/** @throws when the page has no such form: the screens are not as the site profile says */
function findForm(page: HTMLElement, name: string): Form {
  const form = page.querySelector(`form[name="${name}"]`)
  const action = form?.getAttribute('action')
  if (!form || !action) throw new Error(`the page has no form ${name}`)
  const hidden = form
    .querySelectorAll('input[type=hidden]')
    .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? ''])
  const radios = form.querySelectorAll('input[type=radio]')
  const choices = groupBy(radios, (radio) => radio.getAttribute('name') ?? '')
  return {
    action,
    hidden: Object.fromEntries(hidden) as Record<string, string>,
    choices: new Map(
      [...choices].map(([key, all]) => [key, all.map((radio) => radio.getAttribute('value') ?? '')]),
    ),
  }
}

/** @throws when the form has no such radio buttons */
export function firstChoice({ choices }: Form, name: string): string {
  const first = choices.get(name)?.[0]
  if (first === undefined) throw new Error(`the form has no radio buttons ${name}`)
  return first
}
