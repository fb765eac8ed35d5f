/** Every page of the console: its address, and what stands on it once it is there. */
import type { Page } from 'playwright-core'
import type { Reached } from '../../support/system.js'

export interface Place {
  name: string
  path: string
  /** Brings the page into the state that is meant. */
  open?: (page: Page) => Promise<unknown>
}

const dialog = (act: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name: act }).first().click()
  await page.getByRole('dialog').waitFor()
}

const primary = async (page: Page) => {
  await page.locator('.page-head .primary').click()
  await page.getByRole('dialog').waitFor()
}

const pages: readonly Place[] = [
  { name: 'today', path: '/' },
  { name: 'applications', path: '/applications' },
  { name: 'new', path: '/applications/new' },
  {
    name: 'new-errors',
    path: '/applications/new?kind=server-revoke&serial=42&subscriberEmail=taro',
    open: (page) => page.locator('.field-findings').first().waitFor(),
  },
  { name: 'incidents', path: '/incidents' },
  { name: 'approvals', path: '/approvals' },
  { name: 'accounts', path: '/accounts' },
  { name: 'subscribers', path: '/subscribers' },
  { name: 'organisation', path: '/organisation' },
  { name: 'tokens', path: '/tokens' },
  { name: 'tokens-new', path: '/tokens', open: primary },
  { name: 'webhooks', path: '/webhooks' },
  { name: 'webhooks-new', path: '/webhooks', open: primary },
  { name: 'files', path: '/batches' },
  { name: 'certificates', path: '/certificates' },
  { name: 'eab', path: '/eab' },
  { name: 'eab-new', path: '/eab', open: primary },
  { name: 'operators', path: '/people' },
  { name: 'audit', path: '/audit' },
  { name: 'statistics', path: '/statistics' },
  { name: 'lost', path: '/no-such-page' },
]

/** Pages of one thing need one: the first of each list. */
export async function findPlaces(system: Reached): Promise<Place[]> {
  const first = async (path: string, list: string): Promise<Record<string, string>> => {
    const answer = (await (await system.call(path)).json()) as Record<string, Record<string, string>[]>
    const [one] = answer[list] ?? []
    if (!one) throw new Error(`nothing at ${path}`)
    return one
  }
  const waiting = await first('/v1/applications?state=awaiting-approval', 'applications')
  const issued = await first('/v1/applications?state=issued', 'applications')
  const incident = await first('/v1/incidents', 'incidents')
  const account = await first('/v1/acme-accounts', 'accounts')
  const webhook = await first('/v1/webhooks', 'webhooks')
  const batch = await first('/v1/batches', 'batches')
  return [
    ...pages,
    { name: 'account', path: `/accounts/${account.id}` },
    { name: 'webhook', path: `/webhooks/${webhook.id}` },
    { name: 'application', path: `/applications/${waiting.id}` },
    { name: 'application-approve', path: `/applications/${waiting.id}`, open: dialog(/^(承認…|Approve…)$/) },
    { name: 'application-issued', path: `/applications/${issued.id}` },
    { name: 'certificate', path: `/certificates/${issued.certificateSerial}` },
    {
      name: 'certificate-revoke',
      path: `/certificates/${issued.certificateSerial}`,
      open: dialog(/^(失効…|Revoke…)$/),
    },
    { name: 'incident', path: `/incidents/${incident.id}` },
    { name: 'incident-confirm', path: `/incidents/${incident.id}`, open: dialog(/^(実施する…|Carry out…)$/) },
    { name: 'file', path: `/batches/${batch.id}` },
  ]
}

/** Opens a page and waits until nothing on it is loading any more. */
export async function openPlace(page: Page, { path, open }: Place): Promise<void> {
  await page.goto(path)
  await page.locator('h1').first().waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  await open?.(page)
}
