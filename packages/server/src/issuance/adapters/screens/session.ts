/**
 * One logged-in visit to the screens: mutual TLS, cookies, EUC-JP pages, forms.
 */
import iconv from 'iconv-lite'
import { type HTMLElement, parse } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'
import { fetch, type FormData, type Response } from 'undici'
import { groupBy } from '../../group-by.js'
import type { Login } from './credential.js'
import type { SiteProfile } from './site-profile.js'

const MAX_PAGE_BYTES = 4 * 1024 * 1024

export class Session {
  readonly #cookies = new CookieJar()

  constructor(
    private readonly login: Login,
    private readonly site: SiteProfile,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws when the server cannot be reached or answers other than 200 */
  async request(path: string, form?: FormData | URLSearchParams): Promise<Response> {
    const url = this.#address(path)
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      body: form,
      headers: { cookie: await this.#cookies.getCookieString(url.href) },
      dispatcher: this.login.agent,
      signal: this.signal,
      redirect: 'manual',
    })
    for (const cookie of response.headers.getSetCookie())
      await this.#cookies.setCookie(cookie, url.href, { ignoreError: true })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`${url.pathname} answered with status ${response.status}`)
    }
    return response
  }

  /** @throws when a page leads to another host: the operator's session is for this one */
  #address(path: string): URL {
    const url = new URL(path, this.login.origin)
    if (url.origin === this.login.origin) return url
    throw new Error(`the page leads to ${url.origin}, away from ${this.login.origin}`)
  }

  async text(response: Response): Promise<string> {
    const bytes = Buffer.from(await response.arrayBuffer())
    if (bytes.length > MAX_PAGE_BYTES)
      throw new Error(`the page has ${bytes.length} bytes; at most ${MAX_PAGE_BYTES} are read`)
    return iconv.decode(bytes, this.site.encoding)
  }

  async page(path: string, form?: FormData | URLSearchParams): Promise<HTMLElement> {
    return parse(await this.text(await this.request(path, form)))
  }

  /** Logs in and opens the menu in its frame. */
  async openMenu(): Promise<HTMLElement> {
    const frames = await this.page(this.site.loginPath)
    const source = frames.querySelector(`frame[name="${this.site.menuFrame}"]`)?.getAttribute('src')
    if (!source) throw new Error(`the login page has no frame ${this.site.menuFrame}`)
    return this.page(new URL(source, new URL(this.site.loginPath, this.login.origin)).pathname)
  }

  /** Chooses an entry of the menu and returns the form it opens. */
  async openForm(menuCode: string): Promise<Form> {
    const menu = findForm(await this.openMenu(), this.site.menuForm)
    const values = new URLSearchParams({ ...menu.hidden, forwardName: menuCode })
    const form = findForm(await this.page(menu.action, values), menuCode)
    return { ...form, action: this.#address(form.action).pathname }
  }
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
