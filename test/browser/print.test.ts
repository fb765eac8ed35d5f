/** Pages on paper: what is read stays, what is pressed goes. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { makeCertificate } from '@upki-gateway/shared/testing'
import { isTooWide } from './support/accessibility.js'
import type { Console } from './support/console.js'
import { openPortal } from './support/portal.js'
import { post } from './support/post.js'
import { openSuite } from './support/suite.js'

const commonName = 'print.example.ac.jp'
// As long as the service's are.
const serialNumber = '4c0011223344556677889900aabbccdd'

let operator: Console
let page: Page
let application: string
beforeAll(async () => {
  operator = await openSuite()
  const pem = await makeCertificate({ commonName, issuer: 'CA', notBefore: '2026-01-01', serialNumber })
  await post(operator.system, '/v1/certificates', { pem })
  application = await (await openPortal(operator.system)).apply(commonName)
  // A4, at 96 dots to the inch.
  page = await operator.signIn('ja', { context: { viewport: { width: 794, height: 1123 } } })
  await page.emulateMedia({ media: 'print' })
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

async function open(path: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
}

const serial = BigInt(`0x${serialNumber}`).toString()

it.each([
  { what: 'the list of applications', path: () => '/applications', reads: [commonName] },
  { what: 'an application', path: () => `/applications/${application}`, reads: [commonName, 'CSRの中身'] },
  { what: 'the list of certificates', path: () => '/certificates', reads: [commonName, serialNumber] },
  {
    what: 'a certificate',
    path: () => `/certificates/${serial}`,
    reads: [commonName, serial, serialNumber],
  },
  { what: 'the statistics', path: () => '/statistics', reads: ['発行認証局'] },
])('$what is printed without navigation and buttons, and nothing is cut', async ({ path, reads }) => {
  await open(path())
  for (const text of reads) await page.locator('main').getByText(text).first().waitFor()
  expect(await page.locator('nav, button, select, input').filter({ visible: true }).count()).toBe(0)
  expect(await isTooWide(page)).toBe(false)
})

it('keeps tables as tables, with their headings', async () => {
  await open('/certificates')
  const table = page.getByRole('table')
  await table.waitFor()
  expect(await page.evaluate("getComputedStyle(document.querySelector('table')).display")).toBe('table')
  expect(await table.getByRole('columnheader').filter({ visible: true }).allTextContents()).toEqual([
    'CN',
    '状態',
    '有効期限',
    '発行',
    'シリアル番号',
  ])
})

it('has ink that can be read on paper, whatever the reader chose for the screen', async () => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await open('/certificates')
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
})
