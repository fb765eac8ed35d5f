/** Whatever somebody writes into a field is text on every page that shows it: never markup, never code. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { csrFor } from '../support/applications.js'
import { makeCertificate } from '@upki-gateway/shared/testing'
import type { Console } from './support/console.js'
import { drop } from './support/files.js'
import { openPortal, type Portal } from './support/portal.js'
import { post as postTo } from './support/post.js'
import { openSuite } from './support/suite.js'

let operator: Console
let portal: Portal
let page: Page
const dialogs: string[] = []

beforeAll(async () => {
  operator = await openSuite()
  portal = await openPortal(operator.system)
  page = await operator.signIn('ja')
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
})
afterAll(() => operator.close())

const payload = '<img src=x onerror=alert(1)>"\'&lt;'

const post = (path: string, body: unknown) => postTo(operator.system, path, body)

const applied = async (host: string, more: Record<string, unknown>) =>
  `/applications/${await portal.apply(`${host}.example.ac.jp`, more)}`

interface Case {
  field: string
  /** Writes it, and says where it is shown; as it is shown, where that is not the payload alone. */
  write: () => Promise<{ path: string; act?: () => Promise<unknown>; shown?: string }>
}

const csv = (cells: string[]) =>
  `主体者DN,シリアル番号,失効理由,利用管理者E-mail\n${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`

const cases: Case[] = [
  {
    field: 'name of a subscriber in an application',
    write: async () => ({ path: await applied('xss-name', { subscriberName: payload }) }),
  },
  {
    field: 'department of a subscriber in an application',
    write: async () => ({ path: await applied('xss-department', { subscriberDepartment: payload }) }),
  },
  {
    field: 'software in an application',
    write: async () => ({ path: await applied('xss-software', { software: payload }) }),
  },
  {
    field: 'reason of a rejection',
    write: async () => {
      const path = await applied('xss-reason', {})
      await post(`/v1${path}/reject`, { reason: payload })
      return { path }
    },
  },
  {
    field: 'subject in a certificate',
    write: async () => {
      const pem = await makeCertificate({
        commonName: payload.replaceAll('"', ''),
        issuer: payload.replaceAll('"', ''),
        notBefore: '2026-01-01',
        serialNumber: '4a11223344556677',
      })
      await page.goto('/applications/new')
      return {
        path: '/applications/new',
        act: () => page.getByLabel('CSR', { exact: true }).fill(pem),
        // As names are written, RFC 4514 §2.4: with backslashes before the brackets.
        shown: '\\<img src=x onerror=alert(1)\\>',
      }
    },
  },
  {
    field: 'subscriber',
    write: async () => {
      await post('/v1/subscribers', {
        email: '<svg/onload=alert(1)>@example.ac.jp',
        name: `name ${payload}`,
        department: payload,
        note: payload,
      })
      return { path: '/subscribers' }
    },
  },
  {
    field: 'name of a department',
    write: async () => {
      await post('/v1/departments', { name: payload, names: ['.xss.example.ac.jp'] })
      return { path: '/organisation' }
    },
  },
  {
    field: 'name of an operator',
    write: async () => {
      await post('/v1/operators', { displayName: payload, role: 'auditor' })
      return { path: '/people' }
    },
  },
  {
    field: 'name of a token',
    write: async () => {
      await post('/v1/tokens', { name: payload, scopes: ['applications:read'] })
      return { path: '/tokens' }
    },
  },
  {
    field: 'address and description of a webhook',
    write: async () => {
      const url = 'https://hooks.example.ac.jp/"><svg/onload=alert(1)>'
      await post('/v1/webhooks', { url, description: payload })
      return { path: '/webhooks' }
    },
  },
  {
    field: 'subscriber of an EAB credential',
    write: async () => {
      const subscriber = { name: payload, email: 'xss@example.ac.jp' }
      await post('/v1/eab-credentials', { subscriber, names: ['xss-eab.example.ac.jp'] })
      return { path: '/eab' }
    },
  },
  {
    field: 'subscriber of an approval',
    write: async () => {
      const subscriber = { department: payload, email: 'xss@example.ac.jp' }
      await post('/v1/approvals', { subscriber, names: ['xss-approval.example.ac.jp'] })
      return { path: '/approvals' }
    },
  },
  {
    field: 'comment of a plan',
    write: async () => {
      const commonName = 'xss-plan.example.ac.jp'
      const pem = await makeCertificate({
        commonName,
        issuer: 'CA',
        notBefore: '2026-01-01',
        serialNumber: '4a99',
      })
      await post('/v1/certificates', { pem })
      const action = { type: 'revoke', reason: '4', comment: payload }
      const { id } = await post('/v1/incidents', { criteria: { q: commonName }, action })
      return { path: `/incidents/${id}` }
    },
  },
  {
    field: 'audit log',
    write: () => Promise.resolve({ path: '/audit', shown: '部局：作成' }),
  },
  {
    field: 'search in the address',
    write: () =>
      Promise.resolve({
        path: `/certificates?q=${encodeURIComponent(payload)}&month=${payload}`,
        shown: payload,
      }),
  },
  {
    field: 'form field in the address',
    write: () =>
      Promise.resolve({
        path: `/applications/new?kind=server-revoke&subscriberEmail=${encodeURIComponent(payload)}`,
        shown: '利用管理者E-mail',
      }),
  },
  {
    field: 'name of a dropped file',
    write: () =>
      Promise.resolve({
        path: '/applications/new',
        act: () => drop(page, `${payload}.csv`, csv(['CN=a', '255', '5', 'taro@example.ac.jp'])),
      }),
  },
  {
    field: 'cell of a dropped file',
    write: () =>
      Promise.resolve({
        path: '/applications/new',
        act: () => drop(page, 'cell.csv', csv(['CN=a', '255', '5', payload])),
      }),
  },
  {
    field: 'report that is none',
    write: () =>
      Promise.resolve({
        path: '/batches',
        act: () => drop(page, 'serverAll.tsv', `${payload}\t${payload}\r\n`),
        shown: '46',
      }),
  },
  {
    field: 'name of a page in the address',
    write: () => Promise.resolve({ path: `/${encodeURIComponent(payload)}`, shown: 'ページがありません' }),
  },
]

/** Elements that no page of the console has. */
const strange = 'img, iframe, object, embed, main script, [onerror], [onload], main svg[onload]'

it.each(cases)('$field', async ({ write }) => {
  const { path, act, shown = payload } = await write()
  await page.goto(path)
  await page.locator('h1').first().waitFor()
  await act?.()
  await expect.poll(async () => readable(page), { timeout: 60_000 }).toContain(shown)
  expect(await page.locator(strange).count()).toBe(0)
  expect(dialogs).toEqual([])
  expect(operator.faults.splice(0)).toEqual([])
})

/** Text of the page, and what its fields hold. */
async function readable(shown: Page): Promise<string> {
  const fields = await shown.locator('main input, main textarea').all()
  const values = await Promise.all(fields.map((field) => field.inputValue().catch(() => '')))
  return [await shown.locator('main').innerText(), ...values].join('\n')
}

it('is refused where the service takes no such characters, and the CSR says so', async () => {
  await page.goto('/applications/new')
  await page.getByLabel('CSR', { exact: true }).fill(await csrFor('<b>bold</b>.example.ac.jp'))
  await page.locator('.field-findings').first().waitFor()
  expect(await page.locator('main b').count()).toBe(0)
  expect(operator.faults.splice(0)).toEqual([])
})
