/** A portal that applies for certificates all the time, and takes no silence for an answer. */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { makeCsrDer, sampleSubjectFor } from '@upki-gateway/shared/testing'
import type { Client } from './client.js'

/** What a client was told that it has: from then on it must be issued, once. */
export interface Accepted {
  name: string
  id: string
  csrSha256: string
}

/** None of it may be in a log. */
export const person = {
  subscriberName: '国立 秘密花子',
  subscriberDepartment: '機密情報基盤センター',
  subscriberEmail: 'himitsu.hanako@example.ac.jp',
}

export const makeRequest = async (name: string): Promise<{ der: Uint8Array; csrSha256: string }> => {
  const subject = sampleSubjectFor(name)
  const der = await makeCsrDer({ key: 'p384', subject, dnsNames: [name] })
  return { der, csrSha256: createHash('sha256').update(der).digest('hex') }
}

const namesOf = (prefix: string, rows: number): string[] =>
  Array.from({ length: rows }, (_, row) => `${prefix}-${row}.example.ac.jp`)

/** Rows for these names, as the body of a request. */
export async function makeBody(names: readonly string[]): Promise<{ body: string; csrSha256s: string[] }> {
  const requests = await Promise.all(names.map(makeRequest))
  const rows = requests.map(({ der }) => ({
    csr: Buffer.from(der).toString('base64'),
    software: 'nginx 1.26',
    ...person,
  }))
  return { body: JSON.stringify(rows), csrSha256s: requests.map(({ csrSha256 }) => csrSha256) }
}

/** One request of so many rows; with one Idempotency-Key for all its tries. */
export async function applyOnce(client: Client, prefix: string, rows: number): Promise<Accepted[]> {
  const names = namesOf(prefix, rows)
  const { body, csrSha256s } = await makeBody(names)
  const init = { method: 'POST', body, headers: { 'idempotency-key': prefix } }
  const { response, text } = await client.callSurely('/v1/applications', init)
  if (response.status !== 201) throw new Error(`${prefix} was answered ${response.status}: ${text}`)
  const { applications } = JSON.parse(text) as { applications: { id: string }[] }
  return applications.map(({ id }, row) => ({
    id,
    name: names[row]!,
    csrSha256: csrSha256s[row]!,
  }))
}

/** Applies until `isOver`; @returns everything that was accepted */
export async function runPortal(client: Client, prefix: string, isOver: () => boolean): Promise<Accepted[]> {
  const accepted: Accepted[] = []
  for (let round = 0; !isOver(); round++) {
    accepted.push(...(await applyOnce(client, `${prefix}-${round}`, 1 + (round % 3))))
    await pause(500)
  }
  return accepted
}
