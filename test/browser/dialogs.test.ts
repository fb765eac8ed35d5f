/** Dialogs that change something, in both languages: what each says, and what comes of it. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Console, languages } from './support/console.js'
import { type Dialog, dialogs, type World } from './support/dialogs.js'
import { openPortal } from './support/portal.js'
import { openSuite } from './support/suite.js'

let operator: Console
let world: World
beforeAll(async () => {
  operator = await openSuite()
  world = { system: operator.system, portal: await openPortal(operator.system) }
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

describe.each(languages)('the dialog (%s)', (language) => {
  let page: Page
  beforeAll(async () => {
    page = await operator.signIn(language)
  })
  afterAll(() => page.context().close())

  const button = (place: Page | Locator, words: Dialog['act']) =>
    place.getByRole('button', { name: words[language], exact: true })
  const box = (words: Dialog['act'], label: string) =>
    page.getByRole('dialog', { name: words[language].replace('{label}', label), exact: true })

  /** What is shown once and for all. */
  async function readSecret(dialog: Locator): Promise<string> {
    const secret = await dialog.locator('code').innerText()
    await button(dialog, { ja: '閉じる', en: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
    return secret
  }

  it.each(dialogs)('that $name says what will happen, and does it', async (story) => {
    const label = `${story.name.replaceAll(' ', '-').toLowerCase()}-${language}`
    const { path, row, ticks = [], see } = await story.arrange(world, label)
    expect(await see()).not.toMatchObject(story.becomes)
    await page.goto(path)
    for (const tick of ticks) await page.getByRole('row', { name: tick }).getByRole('checkbox').check()
    await button(row ? page.getByRole('row', { name: row }) : page, story.open).click()
    const dialog = box(story.title, label)
    await dialog.waitFor()
    if (story.says) await dialog.getByText(story.says[language]).waitFor()
    for (const [field, value] of story.fields?.(label) ?? [])
      await dialog.getByLabel(field[language], { exact: true }).fill(value)
    if (story.untick) await dialog.getByLabel(story.untick[language], { exact: true }).uncheck()
    await button(dialog, story.act).click()
    const shown = story.then && (await readSecret(box(story.then, label)))
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => see(shown), { timeout: 60_000 }).toMatchObject(story.becomes)
  })
})
