/** What an operator does in the console, from sign-in to effect, in both languages. */
import iconv from 'iconv-lite'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { csrFor, look } from '../support/applications.js'
import { type Console, languages } from './support/console.js'
import { certificate } from './support/dialogs.js'
import { drop, pemOf, saved } from './support/files.js'
import { openPortal, type Portal } from './support/portal.js'
import { post } from './support/post.js'
import { openSuite } from './support/suite.js'
import { words } from './support/words.js'

let operator: Console
let portal: Portal
beforeAll(async () => {
  operator = await openSuite()
  portal = await openPortal(operator.system)
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

describe.each(languages)('an operator (%s)', (language) => {
  const w = words[language]
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const name = (label: string) => `${label}-${language}.example.ac.jp`

  it('approves what waits, and sees it issued without loading the page again', async () => {
    const page = await operator.signIn(language)
    const id = await portal.apply(name('approve'))
    await page.getByRole('link', { name: name('approve') }).click()
    await page.waitForURL(`**/applications/${id}`)
    await page.getByText(w.awaiting).first().waitFor()
    await button(page, w.approve).click()
    await page.getByRole('dialog').getByText(name('approve')).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: w.approveAct, exact: true }).click()
    await page.locator('.facts').getByText(w.issued, { exact: true }).waitFor({ timeout: 60_000 })
    expect(await look(operator.system, id)).toMatchObject({ state: 'issued' })
    const decision = page
      .getByRole('table', { name: w.decisions })
      .getByRole('row', { name: 'first operator' })
    await decision.getByText(w.approved, { exact: true }).waitFor()
    expect((await look(operator.system, id)).approvalId).not.toBeNull()
    await page.context().close()
  })

  it('is told what approving makes besides, and approves once', async () => {
    const page = await operator.signIn(language)
    const id = await portal.apply(name('once'))
    await page.goto(`/applications/${id}`)
    await button(page, w.approve).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(w.lasting).waitFor()
    await dialog.getByLabel(w.renewals).selectOption({ label: w.once })
    await dialog.getByText(w.lasting).waitFor({ state: 'detached' })
    await dialog.getByRole('button', { name: w.approveAct, exact: true }).click()
    await page.getByRole('table', { name: w.decisions }).getByText(w.approvedOnce).waitFor()
    expect(await look(operator.system, id)).toMatchObject({ approvalId: null })
    await page.context().close()
  })

  it('drops a CSR, sees what is missing and what is filled in, and applies', async () => {
    const page = await operator.signIn(language)
    await page.goto('/applications/new')
    await drop(page, 'www.csr', pemOf(await csrFor(name('form'))))
    await page
      .getByText(`CN=${name('form')},O=Example University`)
      .first()
      .waitFor()
    await page.getByLabel(w.mail).fill('taro at example')
    await page.locator('.field-findings').first().waitFor()
    await page.getByLabel(w.mail).fill('taro@example.ac.jp')
    await page.getByLabel(w.software).fill('nginx 1.26')
    await page.getByText(w.clean).waitFor()
    await button(page, w.apply).click()
    await page.getByRole('heading', { name: name('form'), level: 1 }).waitFor()
    await page.locator('.facts').getByText(w.issued, { exact: true }).waitFor({ timeout: 60_000 })
    await page.context().close()
  })

  it('reads the days of a plan in the zone that he chose them in', async () => {
    await certificate({ system: operator.system, portal }, `zone-${language}`)
    const criteria = { q: name('zone'), issuedFrom: '2026-04-30T15:00:00.000Z' }
    const { id } = await post(operator.system, '/v1/incidents', {
      criteria,
      action: { type: 'revoke', reason: '4' },
    })
    const page = await operator.signIn(language)
    for (const path of ['/incidents', `/incidents/${id}`]) {
      await page.goto(path)
      await page.getByText(w.firstOfMay).first().waitFor()
    }
    await page.context().close()
  })

  it('drops an Excel-CSV with a wrong cell and is shown which', async () => {
    const header = '主体者DN,シリアル番号,失効理由,利用管理者E-mail'
    const dn = (label: string) => `"CN=${name(label)},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP"`
    const rows = [header, `${dn('csv-a')},255,5,taro@example.ac.jp`, `${dn('csv-b')},256,5,taro＠example`]
    const page = await operator.signIn(language)
    await page.goto('/applications/new')
    await drop(page, '失効.csv', iconv.encode(rows.join('\r\n'), 'cp932'))
    await page.getByText(w.row2).first().waitFor()
    expect(await button(page, w.applyFor).isDisabled()).toBe(true)
    await drop(
      page,
      '失効2.csv',
      iconv.encode(rows.join('\r\n').replace('＠example', '@example.ac.jp'), 'cp932'),
    )
    await page.getByRole('heading', { name: '失効2.csv' }).waitFor()
    await page.getByText('taro＠example').waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('takes the TSV of a form away as the service takes it', async () => {
    const page = await operator.signIn(language)
    await page.goto(
      '/applications/new?kind=server-revoke&serial=42&revocationReason=5&subscriberEmail=taro@example.ac.jp',
    )
    await page
      .getByLabel(/主体者DN|subject DN/)
      .fill(`CN=${name('tsv')},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`)
    const bytes = await saved(page, () => button(page, w.download).click())
    const cells = iconv.decode(bytes, 'cp932').replace(/\r\n$/, '').split('\t')
    expect([cells[0], cells[3], cells[4], cells.length]).toEqual([
      `CN=${name('tsv')},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`,
      '42',
      '5',
      13,
    ])
    await button(page, w.preview).click()
    await page
      .locator('table.tsv')
      .getByText(`CN=${name('tsv')},`)
      .waitFor()
    await page.getByLabel(/主体者DN|subject DN/).fill('CN=other.example.ac.jp,O=Example University')
    // What was shown is no longer what would be sent.
    await page.locator('table.tsv').waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('makes an EAB credential and is shown its key once', async () => {
    const page = await operator.signIn(language)
    await page.goto('/eab')
    await button(page, w.newEab).click()
    await page
      .getByRole('dialog')
      .getByLabel(/E-mail|e-mail/)
      .fill('taro@example.ac.jp')
    await page.getByRole('dialog').getByLabel(w.names).fill(name('eab'))
    await page.getByRole('dialog').getByRole('button', { name: w.make, exact: true }).click()
    const file = await saved(page, () => page.getByRole('button', { name: /eab\.json/ }).click())
    expect(Object.keys(JSON.parse(file.toString()) as object)).toEqual(['kid', 'hmacKey'])
    await page.getByRole('dialog').getByRole('button', { name: w.close, exact: true }).click()
    await page.getByRole('row', { name: name('eab') }).waitFor()
    await page.context().close()
  })

  it('narrows the audit log to a kind of thing, then to one of them and to one person', async () => {
    const email = `${name('audit')}@example.ac.jp`
    const { id } = await post(operator.system, '/v1/subscribers', { email })
    await post(operator.system, '/v1/departments', { name: name('audit'), names: [`.${name('audit')}`] })
    const page = await operator.signIn(language)
    await page.goto('/audit')
    const actions = (match: string) => page.locator(`td:nth-child(2) span${match}`)
    const only = async (action: string) => {
      await actions(`:not([title^="${action}"])`).first().waitFor({ state: 'detached' })
      await actions(`[title^="${action}"]`).first().waitFor()
    }
    await actions(':not([title^="subscriber."])').first().waitFor()
    await page.getByLabel(w.about).selectOption({ value: 'subscriber.' })
    await only('subscriber.')
    await page.getByRole('link', { name: id, exact: true }).first().click()
    await page.waitForURL(`**/audit?subject=${id}`)
    await page.locator('search').getByText(id).waitFor()
    await only('subscriber.create')
    await page.getByRole('row').getByRole('link', { name: 'first operator' }).first().click()
    await page.locator('search').getByText('first operator').waitFor()
    await actions('[title="department.create"]').first().waitFor()
    await page.locator('search').getByRole('link', { name: w.showAll }).click()
    await page.waitForURL('**/audit')
    await page.context().close()
  })
})
