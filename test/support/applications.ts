/** Applications of the sample organisation over REST. */
import { makeCsr, sampleSubjectFor } from '@upki-gateway/shared/testing'
import { type Reached, until } from './system.js'

export interface Application {
  id: string
  state: string
  kind: string
  certificateSerial: string | null
  approvalId: string | null
  fields: { serial?: string; fqdn?: string }
  failure: { upstreamCode?: string; message: { ja: string } } | null
}

export const csrFor = (name: string, key: 'p384' | 'rsa2048' = 'p384'): Promise<string> =>
  makeCsr({ key, subject: sampleSubjectFor(name) })

/** Rows with what every application needs, as the body of a request. */
export const bodyOf = (rows: readonly Record<string, unknown>[]): string =>
  JSON.stringify(
    rows.map((row) => ({ subscriberEmail: 'taro@example.ac.jp', software: 'nginx 1.26', ...row })),
  )

/** @throws with the gateway's answer unless it is 201 */
export async function apply(system: Reached, ...rows: Record<string, unknown>[]): Promise<Application[]> {
  const response = await system.call('/v1/applications', { method: 'POST', body: bodyOf(rows) })
  const answer = (await response.json()) as { applications: Application[] }
  if (response.status !== 201) throw new Error(JSON.stringify(answer))
  return answer.applications
}

export const look = async (system: Reached, id: string): Promise<Application> =>
  (await (await system.call(`/v1/applications/${id}`)).json()) as Application

const hasEnded = ({ state }: Application): boolean =>
  ['issued', 'replaced', 'failed', 'rejected'].includes(state)

export const end = (system: Reached, id: string, seconds?: number): Promise<Application> =>
  until(() => look(system, id), hasEnded, seconds)
