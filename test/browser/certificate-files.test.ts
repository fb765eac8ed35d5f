/** What an operator takes away from the console and brings to it, and a renewal from its page to the new certificate. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apply, csrFor, end, look } from '../support/applications.js'
import { type Console, languages } from './support/console.js'
import { drop, pemOf, saved } from './support/files.js'
import { get } from './support/post.js'
import { openSuite } from './support/suite.js'
import { words } from './support/words.js'

let operator: Console
beforeAll(async () => {
  operator = await openSuite()
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

const labels = {
  ja: {
    ...{ leaf: 'PEM（証明書）', full: 'PEM（チェーン付き）', csv: 'CSVをダウンロード', renew: '更新を申請' },
    ...{ unserved: '入れ替え済み…', confirm: '入れ替え済みとする', confirmed: '入れ替え済みの確認' },
    revokesOld: '古い証明書の失効（理由: 証明書の取り替え）を申請します。',
  },
  en: {
    ...{ leaf: 'PEM (certificate)', full: 'PEM (with chain)', csv: 'Download CSV', renew: 'Renew' },
    ...{ unserved: 'No longer served…', confirm: 'Confirm and revoke' },
    ...{
      confirmed: 'Confirmed as no longer served',
      revokesOld: 'the revocation of this old one (superseded)',
    },
  },
}
const decimal = { ja: 'コピー 10進', en: 'Copy decimal' }
const hex = { ja: 'コピー 16進', en: 'Copy hex' }
const lost = { ja: 'ゲートウェイに接続できません。', en: 'The gateway cannot be reached.' }
const again = { ja: 'もう一度', en: 'Try again' }

/** @returns the serial, in decimal */
async function issue(name: string): Promise<string> {
  const [application] = await apply(operator.system, { csr: await csrFor(name) })
  return (await end(operator.system, application!.id)).certificateSerial!
}

/** Subjects of the certificates in a P7B, as openssl reads them. */
const subjectsIn = (p7b: Buffer): string =>
  execFileSync('openssl', ['pkcs7', '-inform', 'DER', '-print_certs', '-noout'], {
    input: p7b,
    encoding: 'utf8',
  })

describe.each(languages)('an operator (%s)', (language) => {
  const w = { ...words[language], ...labels[language] }
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

  it('takes a certificate away in four forms, copies its serial, and renews it', async () => {
    const name = `files-${language}.example.ac.jp`
    const serial = await issue(name)
    const page = await operator.signIn(language)
    await page.goto(`/certificates/${serial}`)
    const take = (label: string) => saved(page, () => button(page, label).click())
    const leaf = new X509Certificate(await take(w.leaf))
    expect(BigInt(`0x${leaf.serialNumber}`)).toBe(BigInt(serial))
    expect((await take(w.full)).toString().match(/BEGIN CERTIFICATE/g)!.length).toBeGreaterThan(1)
    expect(new X509Certificate(await take('DER')).fingerprint256).toBe(leaf.fingerprint256)
    const subjects = subjectsIn(await take('P7B'))
    expect(subjects).toContain(name)
    expect(subjects.match(/^subject/gm)!.length).toBeGreaterThan(1)

    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')
    await button(page, decimal[language]).first().click()
    await expect.poll(clipboard).toBe(serial)
    await button(page, hex[language]).first().click()
    await expect.poll(clipboard).toBe(`0x${BigInt(serial).toString(16)}`)

    await page.getByRole('link', { name: w.renew, exact: true }).click()
    await drop(page, 'www.csr', pemOf(await csrFor(name)))
    await page.getByLabel(w.mail).fill('taro@example.ac.jp')
    await page.getByLabel(w.software).fill('nginx 1.26')
    await page.getByText(w.clean).waitFor()
    await button(page, w.apply).click()
    await page.waitForURL(/\/applications\/[0-9a-f-]{36}$/)
    await page.locator('.facts').getByText(w.issued, { exact: true }).waitFor()
    expect(await look(operator.system, page.url().split('/').at(-1)!)).toMatchObject({
      kind: 'server-renew',
      fields: { serial },
    })
    await page.getByRole('table', { name: w.others }).getByRole('link').waitFor()

    await page.goto(`/certificates/${serial}`)
    await button(page, w.unserved).click()
    await page.getByRole('dialog').getByText(w.revokesOld).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: w.confirm, exact: true }).click()
    await page.locator('.facts').getByText(w.confirmed, { exact: true }).waitFor()
    expect(await button(page, w.unserved).count()).toBe(0)
    const { applications } = await get(operator.system, '/v1/applications?kind=server-revoke&limit=200')
    const fields = expect.objectContaining({ serial, revocationReason: '4' }) as unknown
    expect(applications).toContainEqual(expect.objectContaining({ fields }))
    await page.context().close()
  })

  it('drops XML and TSV, and may apply for what is in them', async () => {
    const page = await operator.signIn(language)
    const dn = (label: string) =>
      `CN=${label}-${language}.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`
    const cells = [dn('tsv'), '', '', '255', '5', '', '', '', '', 'taro@example.ac.jp', '', '', '']
    const members = `<subjectDn>${dn('xml')}</subjectDn><serial>255</serial><revocationReason>5</revocationReason><subscriberEmail>taro@example.ac.jp</subscriberEmail>`
    const files = {
      'revoke.tsv': `${cells.join('\t')}\r\n`,
      'revoke.xml': `<applications><application kind="server-revoke">${members}</application></applications>`,
    }
    await page.goto('/applications/new')
    for (const [name, content] of Object.entries(files)) {
      await drop(page, name, content)
      await page.getByRole('heading', { name }).waitFor()
      // A TSV does not say what its rows are.
      await page.getByRole('combobox').first().selectOption('server-revoke')
      await page.locator('.facts').getByText(name.slice(-3)).first().waitFor()
      await expect
        .poll(() => page.getByRole('button', { name: w.applyFor }).isEnabled(), { timeout: 20_000 })
        .toBe(true)
    }
    await page.context().close()
  })

  it('takes the statistics away', async () => {
    const page = await operator.signIn(language)
    await page.goto('/statistics')
    const csv = (await saved(page, () => button(page, w.csv).click())).toString()
    expect(csv.split(/\r?\n/)[1]).toMatch(/^20\d\d-\d\d,\d+,/)
    await page.context().close()
  })

  it('is told when the gateway cannot be reached, and goes on when it can', async () => {
    const page = await operator.signIn(language)
    await page.route('**/v1/statistics', (route) => route.abort())
    await page.goto('/statistics')
    await page.getByText(lost[language]).waitFor()
    await page.unroute('**/v1/statistics')
    await button(page, again[language]).click()
    await page.getByText(lost[language]).waitFor({ state: 'detached' })
    await page
      .getByRole('cell', { name: /^20\d\d-\d\d$/ })
      .first()
      .waitFor()
    await page.context().close()
  })
})
