import type { Reached } from '../../support/system.js'

/** What the gateway made of a body. @throws with its answer when it made nothing */
export async function post<T = { id: string }>(system: Reached, path: string, body: unknown): Promise<T> {
  const answer = await system.call(path, { method: 'POST', body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** What is at a path now; `{ status }` alone where there is nothing. */
export async function get(system: Reached, path: string): Promise<Record<string, unknown>> {
  const answer = await system.call(path)
  if (!answer.ok) return { status: answer.status }
  return (await answer.json()) as Record<string, unknown>
}
