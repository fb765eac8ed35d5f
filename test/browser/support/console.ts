/** The real console: Debian's Chromium in front of a gateway that runs. */
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { reach, type Reached } from '../../support/system.js'

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

export type Language = 'ja' | 'en'
export const languages: readonly Language[] = ['ja', 'en']

const locales = { ja: 'ja-JP', en: 'en-US' }

export const sizes = {
  desktop: { width: 1280, height: 720 },
  phone: { width: 390, height: 844 },
}

/** What pages do wrong without anybody seeing it: each ends the test that looks. */
export type Faults = string[]

export interface Console {
  system: Reached
  browser: Browser
  faults: Faults
  /** A browser of its own, not signed in. */
  visit(language: Language, options?: VisitOptions): Promise<Page>
  /** A browser of its own, signed in as the first administrator. */
  signIn(language: Language, options?: VisitOptions): Promise<Page>
  /** Address of a new one-time link. */
  link(email?: string): string
  close(): Promise<void>
}

export interface VisitOptions {
  size?: keyof typeof sizes
  context?: Parameters<Browser['newContext']>[0]
}

/** Chromium itself says of an answer with an error status that it failed to load; that is no fault of the page. */
const isNews = (text: string): boolean => !/Failed to load resource/.test(text)

function watch(page: Page, faults: Faults): void {
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && isNews(message.text())) faults.push(`${page.url()}: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol !== 'blob:' && hostname !== '127.0.0.1') faults.push(`asked elsewhere: ${request.url()}`)
  })
}

function makeLink({ directory, url, env: own }: Required<RunningGateway>, email?: string): string {
  const main = join(root, 'packages', 'server', 'dist', 'main.js')
  const env = { ...process.env, ...own, UPKI_DATA_DIR: directory, UPKI_LISTEN: new URL(url).host }
  return execFileSync(process.execPath, [main, 'login-link', ...(email ? [email] : [])], {
    env,
    encoding: 'utf8',
  }).trim()
}

export interface RunningGateway {
  url: string
  directory: string
  /** What it was started with, besides. */
  env?: Record<string, string>
}

/** @param endpoint of a browser that runs */
export async function openConsole(
  { url, directory, env = {} }: RunningGateway,
  endpoint: string,
): Promise<Console> {
  const gateway = { url, directory, env }
  const browser = await chromium.connect(endpoint)
  const faults: Faults = []
  let state: Awaited<ReturnType<BrowserContext['storageState']>> | undefined

  const visit: Console['visit'] = async (language, { size = 'desktop', context: more = {} } = {}) => {
    const context = await browser.newContext({
      baseURL: url,
      ignoreHTTPSErrors: true,
      locale: locales[language],
      timezoneId: 'Asia/Tokyo',
      viewport: sizes[size],
      permissions: ['clipboard-read', 'clipboard-write'],
      ...more,
    })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    watch(page, faults)
    return page
  }

  /** One sign-in is enough for all browsers of a file: they share its cookie. */
  const signIn: Console['signIn'] = async (language, options = {}) => {
    if (!state) {
      const page = await visit(language)
      await page.goto(makeLink(gateway))
      await page.getByRole('button', { name: /^(リンクでサインイン|Sign in by the link)$/ }).click()
      await page.getByRole('navigation').first().waitFor({ state: 'attached' })
      state = await page.context().storageState()
      await page.context().close()
    }
    const { cookies } = state
    const page = await visit(language, {
      ...options,
      context: { storageState: { cookies, origins: [] }, ...options.context },
    })
    await page.goto('/')
    return page
  }

  return {
    system: reach(url, directory),
    browser,
    faults,
    visit,
    signIn,
    link: (email) => makeLink(gateway, email),
    close: () => browser.close(),
  }
}
