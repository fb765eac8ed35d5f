/** `npm run screenshots`: every page, in both languages and two sizes, into build/screenshots. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Console, type Language, languages, openConsole, sizes } from './support/console.js'
import { startMachine } from './support/machine.js'
import { findPlaces, openPlace, type Place } from './support/places.js'
import { setScene } from './support/scene.js'

const folder = join(import.meta.dirname, '../../build/screenshots')
const only = process.argv[2]

async function shoot(console: Console, places: readonly Place[], language: Language): Promise<void> {
  for (const size of Object.keys(sizes) as (keyof typeof sizes)[]) {
    const page = await console.signIn(language, { size })
    for (const place of places) {
      await openPlace(page, place)
      // A dialog is above the page: only what is seen of it counts.
      const isDialog = await page.getByRole('dialog').isVisible()
      await page.screenshot({
        path: join(folder, `${place.name}.${language}.${size}.png`),
        fullPage: !isDialog,
      })
    }
    await page.context().close()
  }
}

async function shootSignIn(console: Console, language: Language): Promise<void> {
  const page = await console.visit(language)
  await page.goto('/')
  await page.locator('h1').waitFor()
  await page.screenshot({ path: join(folder, `sign-in.${language}.desktop.png`) })
  await page.context().close()
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const machine = await startMachine()
try {
  await setScene(machine.system)
  const operator = await openConsole(machine.system, machine.browser.wsEndpoint())
  const places = (await findPlaces(machine.system)).filter(({ name }) => !only || name.includes(only))
  for (const language of languages) {
    await shoot(operator, places, language)
    await shootSignIn(operator, language)
  }
  if (operator.faults.length > 0) throw new Error(operator.faults.join('\n'))
  await operator.close()
} finally {
  await machine.stop()
}
console.log(`Screenshots are in ${folder}`)
