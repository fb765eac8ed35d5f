/**
 * Pages that look different from what is known are kept for the operator: cut to a size, and without what could be a
 * secret. Source: docs/issuance-cycle.md, step 6.
 */
import { parse } from 'node-html-parser'
import { insertKeptPage } from '../store/kept-pages.js'
import { newId } from './new-id.js'
import type { Environment } from './ports/environment.js'

const MAX_LENGTH = 200_000

/** Session tokens stand in hidden fields and queries, one-time URLs in both; keys and CSRs are long Base64. */
export function stripPage(html: string): string {
  const page = parse(html)
  for (const element of page.querySelectorAll('script, style')) element.remove()
  for (const input of page.querySelectorAll('input[value]')) input.setAttribute('value', '')
  for (const name of ['href', 'src', 'action'])
    for (const element of page.querySelectorAll(`[${name}]`))
      element.setAttribute(name, element.getAttribute(name)?.split(/[?;]/, 1)[0] ?? '')
  return page
    .toString()
    .replace(/[A-Za-z0-9+/=_-]{100,}/g, '…')
    .replace(/[\w.+-]+@[\w.-]+/g, '…')
    .slice(0, MAX_LENGTH)
}

export async function keepPage(
  env: Environment,
  batchId: string,
  { page, reason }: { page: string; reason: string },
): Promise<void> {
  await insertKeptPage(env.db, {
    id: newId(),
    batch_id: batchId,
    at: env.now(),
    reason,
    page: stripPage(page),
  })
}
