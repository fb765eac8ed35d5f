/** An operator carries files between the gateway and the service, with the real files, in both languages. */
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Operator } from '../../packages/simulator/src/testing/operator.js'
import { apply, csrFor, end, look } from '../support/applications.js'
import { openBrowser } from '../support/hands.js'
import { until } from '../support/system.js'
import { type Console, languages } from './support/console.js'
import { drop, saved } from './support/files.js'
import { get } from './support/post.js'
import { openUniversity } from './support/suite.js'
import { words } from './support/words.js'

let university: Console
/** The operator's other browser window: the pages of the service. */
let service: Operator
beforeAll(async () => {
  const { directory } = inject('gateway')
  university = await openUniversity()
  service = openBrowser(directory)
  await service.turnKnobs({ latencyMs: 0 })
})
afterAll(() => university.close())
afterEach(() => expect(university.faults.splice(0)).toEqual([]))

const upload = (file: Buffer, fileName: string) =>
  service.upload({ screen: 'SP1001', applyType: '1', file, fileName })

async function download(): Promise<Buffer> {
  await service.openMenu()
  return (await service.get('/upki-odcert/lra/syomeiDL_S_Srv.do')).octets
}

/** The service has the name already, from somebody else: error 212. */
async function applyElsewhere(commonName: string): Promise<void> {
  const csr = await csrFor(commonName)
  const dn = `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`
  const row = [
    dn,
    '11',
    '',
    '',
    '',
    '',
    csr,
    '国立 太郎',
    '',
    'taro@example.ac.jp',
    commonName,
    'nginx 1.26',
    '',
  ]
  const page = await service.upload({ screen: 'SP1001', applyType: '1', file: [row] })
  if (!page.html.includes('完了')) throw new Error(page.html)
}

const hostile = '<img src=x onerror=alert(1)>'

/** In the words of error 212, as the page of the service would have them; whatever its charset. */
const withHostileWords = (page: Buffer): Buffer => {
  const escaped = hostile.replace('<', '&lt;').replace('>', '&gt;')
  return Buffer.from(page.toString('latin1').replace(/(212:1,[^,]*,)/, `$1${escaped}`), 'latin1')
}

/** What no page of the console has. */
const markup = 'main script, main img, [onload], [onerror]'

/** A page that no service sends. */
const strange = '<html><body onload=alert(1)><script>alert(2)</script><img src=x onerror=alert(3)>'

const decisions = [
  {
    decision: 'taken',
    open: { ja: '受け付けられている…', en: 'The service has it…' },
    title: { ja: '受け付けられていると決めますか', en: 'Decide that the service has it?' },
    says: { ja: '送り直さず、証明書ができるのを待ちます。', en: 'It is not sent again' },
    act: { ja: '受け付けられている', en: 'The service has it' },
    becomes: ['submitted'],
    batch: 'submitted',
  },
  {
    decision: 'resubmit',
    open: { ja: '送り直す…', en: 'Send again…' },
    title: { ja: '申請を送り直しますか', en: 'Send the applications again?' },
    says: { ja: '二重の申請になります。', en: 'they are applied for twice' },
    act: { ja: '送り直す', en: 'Send again' },
    becomes: ['queued', 'batched'],
    batch: 'refused',
  },
  {
    decision: 'give-up',
    open: { ja: 'あきらめる…', en: 'Give up…' },
    title: { ja: '申請をあきらめますか', en: 'Give the applications up?' },
    says: { ja: '理由が申請者に伝わります。', en: 'the applicants are told the reason' },
    act: { ja: 'あきらめる', en: 'Give up' },
    becomes: ['failed'],
    batch: 'done',
  },
]

describe.each(languages)('an operator who carries files (%s)', (language) => {
  const w = words[language]
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })

  /** Applies, and opens the page of the sealed file. */
  async function openFile(...hosts: string[]): Promise<{ page: Page; ids: string[]; fileName: string }> {
    const rows = await Promise.all(
      hosts.map(async (host) => ({ csr: await csrFor(`${host}.example.ac.jp`) })),
    )
    const ids = (await apply(university.system, ...rows)).map(({ id }) => id)
    await until(
      () => look(university.system, ids[0]!),
      ({ state }) => state === 'batched',
    )
    const page = await university.signIn(language)
    await page.goto(`/applications/${ids[0]}`)
    await page.getByRole('link', { name: w.toFile }).click()
    const fileName = await page.getByRole('heading', { name: /\.tsv$/ }).innerText()
    return { page, ids, fileName }
  }

  it('takes the file, uploads it, gives the report back, and sees the certificate', async () => {
    const { page, ids, fileName } = await openFile(`carried-${language}`)
    const file = await saved(page, () => button(page, w.take).click())
    await page.getByText(createHash('sha256').update(file).digest('hex')).waitFor()
    // Taken once, it may be on its way: it is not given as new again.
    await button(page, w.takeAgain).waitFor()
    expect((await upload(file, fileName)).html).toContain('完了')
    await button(page, w.accepted).click()
    await button(page, w.accepted).waitFor({ state: 'detached' })
    await page.goto('/batches')
    await until(
      async () => {
        await drop(page, 'serverAll.tsv', await download())
        await page.locator('.notice').waitFor()
        return look(university.system, ids[0]!)
      },
      ({ state }) => state === 'issued',
    )
    await page.goto(`/applications/${ids[0]}`)
    await page.locator('.facts').getByText(w.issued, { exact: true }).waitFor()
    await page.context().close()
  })

  it('gives the error page back, and reads at the row what the service said', async () => {
    const known = `known-${language}`
    await applyElsewhere(`${known}.example.ac.jp`)
    const { page, ids, fileName } = await openFile(known, `beside-${language}`)
    const file = await saved(page, () => button(page, w.take).click())
    const answer = await upload(file, fileName)
    expect(answer.html).toContain('212')
    await drop(page, 'error.html', withHostileWords(answer.octets))
    await page.getByRole('cell', { name: w.failed }).waitFor()
    await page.getByRole('link', { name: `${known}.example.ac.jp` }).click()
    await page.getByText(w.error212).waitFor()
    await page.getByText(hostile).waitFor()
    expect(await page.locator(markup).count()).toBe(0)
    expect((await end(university.system, ids[0]!)).failure).toMatchObject({ upstreamCode: '212' })
    // The other row goes out again by itself.
    expect(['queued', 'batched']).toContain((await look(university.system, ids[1]!)).state)
    await page.context().close()
  })

  it.each(decisions)('$decision: an operator decides of a file whose upload was lost', async (each) => {
    const label = `lost-${each.decision}-${language}`
    const { page, ids } = await openFile(label)
    const path = `/v1/batches/${new URL(page.url()).pathname.split('/').at(-1)}`
    await saved(page, () => button(page, w.take).click())
    await drop(page, 'error.html', strange)
    await page.getByRole('alert').waitFor()
    await button(page, w.unknown).click()
    await page.locator('.facts').getByText(w.outcomeUnknown).waitFor()
    await giveReport(await download())
    await page.getByRole('heading', { name: w.waitsForDecision }).waitFor()
    expect(await page.locator(markup).count()).toBe(0)
    await button(page, each.open[language]).click()
    const dialog = page.getByRole('dialog', { name: each.title[language], exact: true })
    await dialog.getByText(each.says[language]).waitFor()
    await dialog.getByLabel(w.reason).fill(label)
    await dialog.getByRole('button', { name: each.act[language], exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const wanted = (state: string) => each.becomes.includes(state)
    await until(
      () => look(university.system, ids[0]!),
      ({ state }) => wanted(state),
    )
    expect((await get(university.system, path)).state).toBe(each.batch)
    await page.context().close()
  })
})

/** The operator's other tool gives it: what is shown hears of it. */
async function giveReport(report: Buffer): Promise<void> {
  const takenAt = new Date().toISOString()
  const answer = await university.system.call(`/v1/reports?name=server&takenAt=${takenAt}`, {
    method: 'POST',
    body: new Uint8Array(report),
    headers: { 'content-type': 'application/octet-stream' },
  })
  if (!answer.ok) throw new Error(await answer.text())
}
