/** The main acts of the console, by the keyboard alone. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { until } from '../support/system.js'
import { look } from '../support/applications.js'
import type { Console } from './support/console.js'
import { openPortal, type Portal } from './support/portal.js'
import { openSuite } from './support/suite.js'

let operator: Console
let portal: Portal
let page: Page
beforeAll(async () => {
  operator = await openSuite()
  portal = await openPortal(operator.system)
  page = await operator.signIn('en')
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

/** Whether the focus is there or within. */
const hasFocus = async (place: Locator): Promise<boolean> =>
  (await place.and(page.locator(':focus-within')).count()) > 0

/** Presses a key until the focus is there: what it takes a reader without a mouse. */
async function goTo(place: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await place.waitFor()
  for (let presses = 0; presses < 60; presses++) {
    if (await hasFocus(place)) return
    await page.keyboard.press(key)
  }
  throw new Error(`${key} does not come to ${String(place)}`)
}

const button = (place: Page | Locator, name: string) => place.getByRole('button', { name, exact: true })

/** Presses Tab more often than there is anything in the dialog. */
async function expectToStayWithin(dialog: Locator): Promise<void> {
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press('Tab')
    // Between the last and the first, the focus is with the browser's own buttons.
    const isOnPage = (await page.locator('body :focus').count()) > 0
    expect(isOnPage && !(await hasFocus(dialog))).toBe(false)
  }
}

it('skips the navigation', async () => {
  await page.goto('/applications')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await goTo(page.getByRole('link', { name: 'Skip to the content' }), 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await hasFocus(page.locator('#content'))).toBe(true)
})

it('opens a row of a list, and comes to the heading of its page', async () => {
  await portal.apply('keyboard-row.example.ac.jp')
  await page.goto('/applications?q=keyboard-row')
  await goTo(page.getByRole('link', { name: 'keyboard-row.example.ac.jp' }))
  await page.keyboard.press('Enter')
  const heading = page.getByRole('heading', { level: 1, name: 'keyboard-row.example.ac.jp' })
  await heading.waitFor()
  expect(await hasFocus(page.getByRole('heading', { level: 1 }))).toBe(true)
})

it('ticks and approves; the dialog keeps the focus, gives it back, and Escape does nothing else', async () => {
  const id = await portal.apply('keyboard-approve.example.ac.jp')
  await page.goto('/applications?q=keyboard-approve')
  await goTo(page.getByRole('row', { name: 'keyboard-approve' }).getByRole('checkbox'))
  await page.keyboard.press('Space')
  await goTo(button(page, 'Approve…'), 'Shift+Tab')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expectToStayWithin(dialog)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await hasFocus(button(page, 'Approve…'))).toBe(true)
  expect((await look(operator.system, id)).state).toBe('awaiting-approval')
  await page.keyboard.press('Enter')
  await goTo(button(dialog, 'Approve'))
  await page.keyboard.press('Enter')
  await until(
    () => look(operator.system, id),
    ({ state }) => state !== 'awaiting-approval',
  )
})

it('fills a form in, and comes back to the button when it is done', async () => {
  await page.goto('/subscribers')
  await goTo(button(page, 'New subscriber…'))
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await goTo(dialog.getByLabel('E-mail'))
  await page.keyboard.type('keyboard@example.ac.jp')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('cell', { name: 'keyboard@example.ac.jp', exact: true }).waitFor()
  expect(await hasFocus(button(page, 'New subscriber…'))).toBe(true)
})
