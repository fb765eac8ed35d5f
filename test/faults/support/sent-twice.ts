/**
 * Looks for what was sent a second time, while everything goes on: the issuance system has the CSR of an application, and
 * refused it when it came again, so that the application failed. Who waited for its certificate would wait for ever.
 */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from './client.js'
import type { Plant } from './plant.js'

const EVERY_MS = 2_000

interface Failed {
  id: string
  fields: { fqdn?: string; csr?: string }
  failure: { upstreamCode?: string } | null
}

export interface Registered {
  applications: { csrSha256: string; commonName: string; serial: string | null }[]
}

const hashOf = (csr: string): string => createHash('sha256').update(Buffer.from(csr, 'base64')).digest('hex')

/** @throws when there is no answer: parts are down all the time */
async function findSentTwice(plant: Plant, client: Client): Promise<string[]> {
  const { response, text } = await client.call('/v1/applications?state=failed&limit=100')
  if (response.status !== 200) throw new Error(text)
  const failed = (JSON.parse(text) as { applications: Failed[] }).applications
  if (failed.length === 0) return []
  const { applications } = (await plant.askSimulator('/simulator/applications')) as Registered
  const known = new Set(applications.map(({ csrSha256 }) => csrSha256))
  return failed
    .filter(({ fields }) => fields.csr !== undefined && known.has(hashOf(fields.csr)))
    .map(({ fields, failure }) => `${fields.fqdn} (${failure?.upstreamCode})`)
}

/** @throws as soon as something was sent twice; resolves when `isOver` */
export async function watchForSentTwice(plant: Plant, client: Client, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const names = await findSentTwice(plant, client).catch(() => [])
    if (names.length > 0)
      throw new Error(`Sent twice: the issuance system has these and refused them again: ${names.join(', ')}`)
    await pause(EVERY_MS)
  }
}
