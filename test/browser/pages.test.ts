/** Every page opens in both languages and sizes, fits, and shuts nobody out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringAxe, isTooWide, violationsOf } from './support/accessibility.js'
import type { Console } from './support/console.js'
import { findPlaces, openPlace, type Place } from './support/places.js'
import { setScene } from './support/scene.js'
import { openSuite } from './support/suite.js'

let operator: Console
let places: Place[]
beforeAll(async () => {
  operator = await openSuite()
  await setScene(operator.system)
  places = await findPlaces(operator.system)
})
afterAll(() => operator.close())

const views = [
  { language: 'ja', size: 'desktop', colorScheme: 'light' },
  { language: 'en', size: 'phone', colorScheme: 'dark' },
] as const

describe.each(views)('every page ($language, $size, $colorScheme)', ({ language, size, colorScheme }) => {
  it('opens, fits the screen and breaks no rule of axe', async () => {
    const page = await operator.signIn(language, { size, context: { colorScheme } })
    await bringAxe(page)
    const faults: unknown[] = []
    for (const place of places) {
      await openPlace(page, place)
      const alerts = await page.getByRole('alert').allTextContents()
      const violations = await violationsOf(page)
      const tooWide = await isTooWide(page)
      if (alerts.length + violations.length > 0 || tooWide)
        faults.push({ place: place.name, alerts, violations, tooWide })
    }
    await page.context().close()
    expect(faults).toEqual([])
    expect(operator.faults.splice(0)).toEqual([])
  })
})

it('is signed in to without a mouse, and without breaking a rule of axe', async () => {
  const page = await operator.visit('ja')
  await bringAxe(page)
  await page.goto(operator.link())
  await page.getByRole('textbox').waitFor()
  expect(await violationsOf(page)).toEqual([])
  await page.getByRole('textbox').press('Enter')
  await page.getByRole('heading', { name: '今日', level: 1 }).waitFor()
  await page.keyboard.press('Tab')
  await page.getByRole('link', { name: '申請', exact: true }).press('Enter')
  await page.getByRole('heading', { name: '申請', level: 1 }).waitFor()
  await page.context().close()
})

it('loads the first time in less than 200 kB, compressed as it is served', async () => {
  const page = await operator.visit('ja')
  const sizes: Promise<number>[] = []
  page.on('requestfinished', (request) => {
    const size = request.sizes().then((sizes) => sizes.responseHeadersSize + sizes.responseBodySize)
    sizes.push(size)
  })
  await page.goto(operator.link())
  await page.getByRole('textbox').press('Enter')
  await page.getByRole('heading', { name: '今日', level: 1 }).waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  const sum = (await Promise.all(sizes)).reduce((total, size) => total + size, 0)
  await page.context().close()
  expect(sum).toBeLessThan(200_000)
  // The script alone is more than this: the sum has not missed it.
  expect(sum).toBeGreaterThan(50_000)
})
