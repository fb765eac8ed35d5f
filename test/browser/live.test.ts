/** What happens elsewhere appears on a page that is open: told by the stream of events, or asked for where there is none. */
import type { Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
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
