/** A portal: its applications wait for an operator. */
import { bodyOf, csrFor } from '../../support/applications.js'
import type { Reached } from '../../support/system.js'

export interface Portal {
  /** @returns the id of an application that waits for approval */
  apply(commonName: string, more?: Record<string, unknown>): Promise<string>
}

export async function openPortal(system: Reached): Promise<Portal> {
  const made = await system.call('/v1/tokens', {
    method: 'POST',
    body: JSON.stringify({ name: 'portal', scopes: ['applications:write'] }),
  })
  const { value } = (await made.json()) as { value: string }
  return {
    async apply(commonName, more = {}) {
      const answer = await system.call('/v1/applications', {
        method: 'POST',
        headers: { authorization: `Bearer ${value}` },
        // The sample approval is for another subscriber, so this one waits.
        body: bodyOf([{ csr: await csrFor(commonName), subscriberEmail: 'hanako@example.ac.jp', ...more }]),
      })
      const { applications } = (await answer.json()) as { applications: { id: string }[] }
      return applications[0]!.id
    },
  }
}
