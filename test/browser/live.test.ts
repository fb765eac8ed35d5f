/** What happens elsewhere appears on a page that is open: told by the stream of events, or asked for where there is none. */
import type { Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { look } from '../support/applications.js'
import type { Console } from './support/console.js'
import { openPortal, type Portal } from './support/portal.js'
import { openSuite } from './support/suite.js'

let operator: Console
let portal: Portal
beforeAll(async () => {
  operator = await openSuite()
  portal = await openPortal(operator.system)
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

const reject = (id: string) =>
  operator.system.call(`/v1/applications/${id}/reject`, {
    method: 'POST',
    body: JSON.stringify({ reason: 'not ours' }),
  })

/** Shorter together than the time after which a page asks by itself, 30 s: only the stream can have told it. */
const step = { virtualMs: 300, most: 60 }

/** Lets the page's own clock go on bit by bit, while real time is given to the network. */
async function waitByItsClock(page: Page, text: string): Promise<void> {
  for (let steps = 0; steps < step.most; steps++) {
    await page.clock.runFor(step.virtualMs)
    const shown = page.locator('.facts').getByText(text, { exact: true })
    const isThere = await shown.waitFor({ timeout: 1_000 }).then(
      () => true,
      () => false,
    )
    if (isThere) return
  }
  throw new Error(`${text} did not appear`)
}

it.each([
  { where: 'today', path: () => '/', none: 'Nothing waits for approval.' },
  { where: 'an application', path: (id: string) => `/applications/${id}`, none: 'There is no other.' },
])('$where says that there is none only once it knows', async ({ where, path, none }) => {
  const id = await portal.apply(`live-unknown-${where.length}.example.ac.jp`)
  const page = await operator.signIn('en')
  const asked: Route[] = []
  let isLost = false
  await page.route('**/v1/applications?*', (route) => (isLost ? route.abort() : void asked.push(route)))
  await page.goto(path(id))
  await page.getByText('Loading…').first().waitFor()
  await expect.poll(() => asked.length).toBeGreaterThan(0)
  expect(await page.getByText(none).count()).toBe(0)
  isLost = true
  await Promise.all(asked.map((route) => route.abort()))
  await page.getByText('The gateway cannot be reached.').first().waitFor()
  expect(await page.getByText(none).count()).toBe(0)
  await page.context().close()
})

it('hears from the stream that somebody else decided, before it would ask by itself', async () => {
  const id = await portal.apply('live-stream.example.ac.jp')
  const page = await operator.signIn('ja')
  const stream = page.waitForResponse((response) => response.url().endsWith('/v1/events'))
  await page.goto(`/applications/${id}`)
  await page.locator('.facts').getByText('承認待ち', { exact: true }).waitFor()
  expect((await stream).headers()['content-type']).toContain('text/event-stream')
  await page.clock.install()
  await page.reload()
  await waitByItsClock(page, '承認待ち')
  expect((await reject(id)).status).toBe(200)
  await waitByItsClock(page, '却下')
  await page.context().close()
})

it('asks every few seconds where the stream does not come through', async () => {
  const id = await portal.apply('live-poll.example.ac.jp')
  const page = await operator.signIn('en')
  await page.route('**/v1/events', (route) => route.abort())
  await page.goto(`/applications/${id}`)
  await page.locator('.facts').getByText('Awaiting approval', { exact: true }).waitFor()
  expect((await reject(id)).status).toBe(200)
  await page.locator('.facts').getByText('Rejected', { exact: true }).waitFor()
  await page.context().close()
})

describe('a dialog that is open', () => {
  const dialogOf = (page: Page) => page.getByRole('dialog')
  const act = (page: Page, name: string) => dialogOf(page).getByRole('button', { name, exact: true })

  it('stays about what was chosen when somebody else decides, and says which was hindered and why', async () => {
    const hosts = ['live-dialog-a.example.ac.jp', 'live-dialog-b.example.ac.jp']
    const [other, own] = await Promise.all(hosts.map((host) => portal.apply(host)))
    const page = await operator.signIn('en')
    await page.goto('/applications?state=awaiting-approval&q=live-dialog')
    await page.getByLabel('Select all 2 shown that wait').check()
    await page.getByRole('button', { name: 'Approve…' }).click()
    expect((await reject(other!)).status).toBe(200)
    await page.getByRole('row', { name: hosts[0] }).waitFor({ state: 'detached' })
    await page.getByRole('dialog', { name: 'Approve 2 applications?' }).waitFor()
    await act(page, 'Approve').click()
    const rest = page.getByRole('dialog', { name: 'Approve 1 application?' })
    await rest.getByRole('listitem').filter({ hasText: hosts[0] }).getByText('rejected').waitFor()
    expect(await rest.getByText(hosts[1]!).count()).toBe(0)
    expect((await look(operator.system, own!)).state).not.toBe('awaiting-approval')
    await page.context().close()
  })

  it('goes away with its application, and does not become the next one’s', async () => {
    const name = 'live-back.example.ac.jp'
    const [first, second] = [await portal.apply(name), await portal.apply(name)]
    const page = await operator.signIn('en')
    await page.goto(`/applications/${first}`)
    await page.getByRole('table', { name: 'Other applications' }).getByRole('link').first().click()
    await page.waitForURL(`**/applications/${second}`)
    await page.getByRole('button', { name: 'Approve…' }).click()
    await dialogOf(page).waitFor()
    await page.goBack()
    await page.waitForURL(`**/applications/${first}`)
    await dialogOf(page).waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('is not left while the act is under way: its secret, or its failure, would be told to nobody', async () => {
    const page = await operator.signIn('en')
    const asked: Route[] = []
    await page.route('**/v1/tokens', (route) =>
      route.request().method() === 'POST' ? void asked.push(route) : route.continue(),
    )
    await page.goto('/tokens')
    await page.getByRole('button', { name: 'New token…' }).click()
    await dialogOf(page).getByLabel('Name').fill('live-busy')
    await act(page, 'Make it').dblclick()
    await expect.poll(() => asked.length).toBe(1)
    await page.keyboard.press('Escape')
    expect(await act(page, 'Cancel').isDisabled()).toBe(true)
    await asked[0]!.continue()
    await page.getByRole('dialog', { name: 'The token is made' }).locator('code').waitFor()
    expect(asked).toHaveLength(1)
    await page.context().close()
  })
})

it('says when signing out did not reach the gateway: the session goes on', async () => {
  const page = await operator.signIn('en')
  await page.route('**/v1/session', (route) =>
    route.request().method() === 'DELETE' ? route.abort() : route.continue(),
  )
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('alert').getByText('The gateway cannot be reached.').waitFor()
  await page.context().close()
})

/** A session that no other test shares. */
async function signInApart(email?: string): Promise<Page> {
  const page = await operator.visit('en')
  await page.goto(operator.link(email))
  await page.getByRole('button', { name: 'Sign in by the link' }).click()
  await page.getByRole('navigation').waitFor()
  return page
}

it('shows the sign-in page as soon as it is refused, when the session ended in another window', async () => {
  const page = await signInApart()
  const other = await page.context().newPage()
  await other.goto('/tokens')
  await other.getByRole('button', { name: 'Sign out' }).click()
  await other.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByRole('link', { name: 'Subscribers' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 15_000 })
  await page.context().close()
})

it('forgets the former operator when another signs in in another window', async () => {
  const email = 'live-auditor@example.ac.jp'
  const body = JSON.stringify({ displayName: 'live auditor', email, role: 'auditor' })
  await operator.system.call('/v1/operators', { method: 'POST', body })
  const id = await portal.apply('live-former.example.ac.jp')
  const page = await signInApart()
  await page.goto(`/applications/${id}`)
  await page.getByRole('button', { name: 'Approve…' }).click()
  await page.getByRole('dialog').waitFor()
  const token = operator.link(email).replace(/.*#link=/, '')
  const answer = await page.context().request.post('/v1/session/link', {
    data: { token },
    headers: { 'Upki-Console': '1', Origin: operator.system.url },
  })
  expect(answer.status()).toBe(200)
  const again = page.waitForRequest(`**/v1/applications/${id}`)
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
  await page.getByText('live auditor').waitFor()
  await again
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.getByRole('button', { name: 'Approve…' }).count()).toBe(0)
  await page.context().close()
})

it('opens the stream again that was answered with an error, as by a proxy whose gateway starts', async () => {
  const page = await operator.signIn('en')
  let refusals = 0
  await page.route('**/v1/events', (route) => {
    refusals += 1
    return route.fulfill({ status: 502, body: 'starting' })
  })
  await page.goto('/tokens')
  await expect.poll(() => refusals).toBeGreaterThan(0)
  const before = refusals
  // The browser by itself asks no more after such an answer.
  await expect.poll(() => refusals, { timeout: 15_000 }).toBeGreaterThan(before)
  await page.context().close()
})
