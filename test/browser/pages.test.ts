/** Every page opens in both languages, without a fault that nobody would see. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apply, csrFor, end } from '../support/applications.js'
import { type Console, languages, openConsole } from './support/console.js'

let operator: Console
const addresses = ['/', '/applications', '/applications/new', '/batches', '/certificates']
const more = ['/eab', '/people', '/audit', '/statistics', '/nothing']

beforeAll(async () => {
  operator = await openConsole()
  const [made] = await apply(operator.system, { csr: await csrFor('pages.example.ac.jp') })
  await end(operator.system, made!.id)
})
afterAll(() => operator.close())

it.each(languages)('every page opens (%s)', async (language) => {
  const page = await operator.signIn(language)
  for (const address of [...addresses, ...more]) {
    await page.goto(address)
    await page.locator('h1').waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    expect([address, await page.getByRole('alert').allTextContents()]).toEqual([address, []])
  }
  await page.goto('/certificates')
  await page.getByRole('link', { name: 'pages.example.ac.jp' }).click()
  await page.locator('.chain .facts').nth(1).waitFor()
  await page.goto('/batches')
  await page.getByRole('row').getByRole('link').first().click()
  await page.locator('.facts').waitFor()
  await page.context().close()
  expect(operator.faults.splice(0)).toEqual([])
})
