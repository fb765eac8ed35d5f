/** What each role is offered: the acts that it may do, and no other. */
import { makeCertificate } from '@upki-gateway/shared/testing'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Console } from './support/console.js'
import { openPortal } from './support/portal.js'
import { post } from './support/post.js'
import { openSuite } from './support/suite.js'

const host = 'a.roles.example.ac.jp'
const day = 86_400_000

let operator: Console
let paths: Record<
  'today' | 'application' | 'applications' | 'certificate' | 'files' | 'eab' | 'tokens',
  string
>
beforeAll(async () => {
  operator = await openSuite()
  const { system } = operator
  const waiting = await (await openPortal(system)).apply(host)
  const pem = await makeCertificate({
    commonName: host,
    issuer: 'NII Open Domain CA - G7 ECC',
    notBefore: new Date(Date.now() - day).toISOString(),
    serialNumber: '4c526f6c6573',
  })
  const { serial } = await post<{ serial: string }>(system, '/v1/certificates', { pem })
  paths = {
    today: '/',
    application: `/applications/${waiting}`,
    applications: `/applications?q=${host}`,
    certificate: `/certificates/${serial}`,
    files: '/batches',
    eab: '/eab',
    tokens: '/tokens',
  }
})
afterAll(() => operator.close())
afterEach(() => expect(operator.faults.splice(0)).toEqual([]))

/** Enters an operator of the role, who signs in. */
async function signInAs(role: string): Promise<Page> {
  const { system } = operator
  const email = `${role}@roles.example.ac.jp`
  const names = [`.${host.split('.').slice(1).join('.')}`]
  const department =
    role === 'approver' ? (await post(system, '/v1/departments', { name: 'roles', names })).id : null
  await post(system, '/v1/operators', { displayName: role, email, role, department })
  const page = await operator.visit('en')
  await page.goto(operator.link(email))
  await page.getByRole('button', { name: 'Sign in by the link' }).click()
  await page.getByRole('navigation').waitFor()
  return page
}

/** What can be acted with: buttons that ask first, links that look like buttons, files, boxes. */
async function offered(page: Page): Promise<string[]> {
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  const acts = await page.locator('main button:has-text("…"), main a.button').allTextContents()
  const inputs = ['file', 'checkbox'].map(async (type) =>
    (await page.locator(`main input[type=${type}]`).count()) > 0 ? [type] : [],
  )
  return [...new Set([...acts, ...(await Promise.all(inputs)).flat()])].toSorted()
}

const decide = ['Approve…', 'Reject…']
const many = ['checkbox', ...decide]
const somePages = ['Files', 'EAB credentials', 'Tokens', 'Bulk acts']

const roles = [
  {
    role: 'operator',
    pages: ['Files', 'Bulk acts', 'EAB credentials', 'Tokens'],
    acts: {
      application: [...decide, 'Cancel…'],
      applications: ['New application', ...many],
      certificate: ['Renew', 'Revoke…'],
      files: ['file'],
      eab: ['New EAB…', 'Revoke…'],
      tokens: ['New token…'],
    },
  },
  {
    role: 'approver',
    pages: ['Tokens'],
    acts: {
      application: [...decide, 'Cancel…'],
      applications: many,
      certificate: [],
      tokens: ['New token…'],
    },
  },
  {
    role: 'auditor',
    pages: ['Files', 'Bulk acts', 'EAB credentials', 'Tokens'],
    acts: { application: [], applications: [], certificate: [], files: [], eab: [], tokens: [] },
  },
] as const

it.each(roles)('offers to the role $role what it may do, and nothing else', async ({ role, pages, acts }) => {
  const page = await signInAs(role)
  const there = await page.getByRole('navigation').getByRole('link').allTextContents()
  expect(there.filter((name) => somePages.includes(name))).toEqual(pages)
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor()
  await page.locator('.figures a').first().waitFor()
  const toFiles = await page.locator('.figures a[href="/batches"]').count()
  expect(toFiles > 0).toBe(there.includes('Files'))
  const found: Record<string, string[]> = {}
  for (const name of Object.keys(acts) as (keyof typeof acts)[]) {
    await page.goto(paths[name])
    await page.getByRole('heading', { level: 1 }).waitFor()
    found[name] = await offered(page)
  }
  const wanted = Object.entries(acts).map(([name, each]) => [name, [...each].toSorted()])
  expect(found).toEqual(Object.fromEntries(wanted))
  await page.context().close()
})
