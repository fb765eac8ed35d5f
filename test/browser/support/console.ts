/** The real console: Debian's Chromium in front of the embedded gateway and its simulator. */
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../../support/system.js'

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

export type Language = 'ja' | 'en'
export const languages: readonly Language[] = ['ja', 'en']

const locales = { ja: 'ja-JP', en: 'en-US' }

export const sizes = {
  desktop: { width: 1280, height: 720 },
  phone: { width: 390, height: 844 },
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.UPKI_TEST_CHROMIUM ?? '/usr/bin/chromium', args: flags })

/** What pages do wrong without anybody seeing it: each ends the test that looks. */
export type Faults = string[]

export interface Console {
  system: TestSystem
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

function makeLink(system: TestSystem, email?: string): string {
  const main = join(root, 'packages', 'server', 'dist', 'main.js')
  const env = { ...process.env, UPKI_DATA_DIR: system.directory, UPKI_LISTEN: new URL(system.url).host }
  return execFileSync(process.execPath, [main, 'login-link', ...(email ? [email] : [])], {
    env,
    encoding: 'utf8',
  }).trim()
}

export async function openConsole(env: Record<string, string> = {}): Promise<Console> {
  const directory = makeDirectory()
  const [system, browser] = await Promise.all([startIn(directory, env), openBrowser()])
  const faults: Faults = []
  const states = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

  const visit: Console['visit'] = async (language, { size = 'desktop', context: more = {} } = {}) => {
    const context = await browser.newContext({
      baseURL: system.url,
      ignoreHTTPSErrors: true,
      locale: locales[language],
      timezoneId: 'Asia/Tokyo',
      viewport: sizes[size],
      permissions: ['clipboard-read', 'clipboard-write'],
      ...more,
    })
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    watch(page, faults)
    return page
  }

  /** One sign-in is enough for all browsers of a file: they share its cookie. */
  const signIn: Console['signIn'] = async (language, options = {}) => {
    let state = states.get('administrator')
    if (!state) {
      const page = await visit(language)
      await page.goto(makeLink(system))
      await page.getByRole('button', { name: /^(リンクでサインイン|Sign in by the link)$/ }).click()
      await page.getByRole('navigation').first().waitFor({ state: 'attached' })
      state = await page.context().storageState()
      states.set('administrator', state)
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

  const close = async () => {
    await browser.close()
    await system.stop()
    removeDirectory(directory)
  }
  return { system, browser, faults, visit, signIn, link: (email) => makeLink(system, email), close }
}
