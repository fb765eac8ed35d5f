/** axe-core in a page of the console; its policy lets no script in, so it comes before the page does. */
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

export const bringAxe = (page: Page): Promise<unknown> => page.addInitScript({ content: axe.source })

/** Rules that are broken, each with the elements that break it. */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('\n')}`)
}

/** Whether something is cut or must be scrolled to sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
