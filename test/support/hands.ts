/**
 * The hands of an operator: takes sealed files from the gateway, uploads them on the pages of the service as
 * a browser does, tells the gateway what the page said, and brings the report.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Operator, type Page } from '../../packages/simulator/src/testing/operator.js'
import type { TestSystem } from './system.js'

interface Batch {
  id: string
  kind: string
  fileName: string
}

/** Menu code and kind of work, as the operator finds them on the screen. */
const screens: Record<string, { screen: string; applyType: string }> = {
  'server-issue': { screen: 'SP1001', applyType: '1' },
  'server-renew': { screen: 'SP1001', applyType: '2' },
  'server-revoke': { screen: 'SP1001', applyType: '3' },
  'client-issue': { screen: 'SP1011', applyType: '1' },
}

/** Logs in with the operator's certificate that the simulator left in the directory. */
export const openBrowser = (directory: string): Operator =>
  new Operator(
    JSON.parse(readFileSync(join(directory, 'simulator.json'), 'utf8')) as ConstructorParameters<
      typeof Operator
    >[0],
  )

export class Hands {
  /** First choice of the screen: nothing is registered when a row is wrong. */
  errorMode = '0'

  constructor(
    private readonly gateway: Pick<TestSystem, 'call'>,
    private readonly browser: Operator,
  ) {}

  /** Carries every sealed file once. */
  async carry(): Promise<void> {
    const { batches } = await this.#json<{ batches: Batch[] }>('/v1/batches?state=sealed')
    for (const batch of batches.toReversed()) await this.#carryOne(batch)
  }

  async #carryOne({ id, kind, fileName }: Batch): Promise<void> {
    const file = await this.gateway.call(`/v1/batches/${id}/tsv`)
    if (file.status !== 200) throw new Error(`the file was not given: ${file.status}`)
    const place = screens[kind]
    if (!place) throw new Error(`no screen for ${kind}`)
    const bytes = Buffer.from(await file.arrayBuffer())
    const page = await this.browser
      .upload({ ...place, file: bytes, fileName, errorFlg: this.errorMode })
      .catch(() => undefined)
    await this.#tell(id, page)
  }

  /** The connection broke, or another page than usual came: the operator does not know. */
  async #tell(id: string, page: Page | undefined): Promise<void> {
    const isAnswer = page?.status === 200
    const answer = await this.gateway.call(`/v1/batches/${id}/outcome`, {
      method: 'POST',
      body: isAnswer ? new Uint8Array(page.octets) : JSON.stringify({ outcome: 'unknown' }),
      headers: { 'content-type': isAnswer ? 'text/html' : 'application/json' },
    })
    if (answer.status !== 200) throw new Error(`the outcome was not taken: ${await answer.text()}`)
  }

  /** Downloads serverAll.tsv and gives it to the gateway. */
  async bringReport(): Promise<void> {
    const takenAt = new Date().toISOString()
    await this.browser.openMenu()
    const report = await this.browser.get('/upki-odcert/lra/syomeiDL_S_Srv.do')
    const answer = await this.gateway.call(`/v1/reports?name=server&takenAt=${takenAt}`, {
      method: 'POST',
      body: new Uint8Array(report.octets),
      headers: { 'content-type': 'text/tab-separated-values' },
    })
    if (answer.status !== 200) throw new Error(`the report was not taken: ${await answer.text()}`)
  }

  async #json<T>(path: string): Promise<T> {
    return (await (await this.gateway.call(path)).json()) as T
  }
}
