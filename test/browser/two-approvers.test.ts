/** A university where two operators approve: what the first sees, what the second, and what is not theirs. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { look } from '../support/applications.js'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { type Console, openConsole } from './support/console.js'
import { openPortal } from './support/portal.js'
import { post } from './support/post.js'

const directory = makeDirectory()
const config = join(directory, 'config.yaml')
let system: TestSystem
let university: Console
beforeAll(async () => {
  const organisation = {
    ...{ id: 'example', organizationName: 'Example University', domains: ['example.ac.jp'], approvers: 2 },
    ...{ locality: 'Chiyoda-ku', stateOrProvince: 'Tokyo', issuanceSystem: 'hands' },
  }
  const chain = join(inject('gateway').directory, 'simulator/chain-ecc.pem')
  const issuanceSystems = [{ id: 'hands', adapter: 'handoff', chainFiles: [chain] }]
  writeFileSync(config, JSON.stringify({ organisations: [organisation], issuanceSystems }))
  const env = { UPKI_CONFIG: config }
  system = await startIn(directory, env)
  university = await openConsole({ url: system.url, directory, env }, inject('browser'))
})
afterAll(async () => {
  await university.close()
  await system.stop()
  removeDirectory(directory)
})

async function signInAs(name: string): Promise<Page> {
  const email = `${name}@example.ac.jp`
  await post(system, '/v1/operators', { displayName: name, email, role: 'operator' })
  const page = await university.visit('en')
  await page.goto(university.link(email))
  await page.getByRole('button', { name: 'Sign in by the link' }).click()
  await page.getByRole('navigation').waitFor()
  return page
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function approve(page: Page, once: boolean): Promise<void> {
  await button(page, 'Approve…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Two operators have to approve').waitFor()
  await dialog.getByText('If one of the two approves this alone, nothing of it lasts.').waitFor()
  if (once) await dialog.getByLabel('Renewals').selectOption('once')
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

it('tells each of the two where it stands, and offers the approval to each once', async () => {
  const portal = await openPortal(system)
  const id = await portal.apply('two.example.ac.jp')
  const [first, second] = [await signInAs('first'), await signInAs('second')]
  for (const page of [first, second]) {
    await page.goto(`/applications/${id}`)
    await page.getByText('Nobody has decided.').waitFor()
  }
  await approve(first, true)
  await second.reload()
  for (const page of [first, second])
    await page.getByText('It waits for the approval of another operator.').waitFor()
  await button(first, 'Approve…').waitFor({ state: 'detached' })
  await button(first, 'Reject…').waitFor()
  await approve(second, false)
  await second
    .locator('.facts')
    .getByText('Awaiting approval', { exact: true })
    .waitFor({ state: 'detached' })
  expect(await look(system, id)).toMatchObject({ approvalId: null })
  await first.goto('/approvals')
  await button(first, 'End…').first().waitFor()
  expect(await button(first, 'Renew…').count()).toBe(0)
  expect(await button(first, 'New approval…').count()).toBe(0)
  const administrator = await university.signIn('en')
  await administrator.goto('/approvals')
  await button(administrator, 'New approval…').waitFor()
  expect(university.faults).toEqual([])
})
