import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOrganisations, sampleOrganisation } from '../organisations/organisation.js'
import { answerRows, Operator } from '../testing/operator.js'
import { serverIssue } from '../testing/rows.js'
import { startSimulator } from './index.js'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

describe('organisations', () => {
  it('have an operator each, who sees and applies for nothing of the other’s', async () => {
    const other = {
      ...sampleOrganisation,
      id: 'other',
      organizationName: 'Other College',
      domains: ['other.ac.jp'],
    }
    const simulator = await startSimulator({
      dataDir,
      organisations: [sampleOrganisation, other],
      knobs: { latencyMs: 0 },
    })
    const first = new Operator(simulator)
    const second = new Operator({
      ...simulator,
      certFile: join(dataDir, 'access', 'operator-other.pem'),
      keyFile: join(dataDir, 'access', 'operator-other.key'),
    })
    const upload = { screen: 'SP1001', applyType: '1', file: [await serverIssue('www.example.ac.jp')] }
    await first.upload(upload)
    const [cells] = answerRows(await second.upload(upload))
    expect(cells?.[2]?.split('<br>').map((fault) => fault.split(',')[0])).toEqual(['904:1', '901:11'])
    expect([await first.report('Srv'), await second.report('Srv')].map(({ length }) => length)).toEqual([
      1, 0,
    ])
    second.cookie = first.cookie
    expect((await second.get('/upki-odcert/lra/Menu.do')).html).toContain('セッションが無効です')
    first.close()
    second.close()
    await simulator.stop()
  })

  it.each([
    ['is missing', undefined, 'ENOENT'],
    ['is no JSON', '{', 'JSON'],
    ['is empty', '[]', 'Too small'],
    [
      'has an unknown member',
      '[{"id":"a","organizationName":"A","locality":"B","stateOrProvince":"C","domains":["d"],"x":1}]',
      'x',
    ],
    [
      'has a path as id',
      '[{"id":"../a","organizationName":"A","locality":"B","stateOrProvince":"C","domains":["d"]}]',
      'id',
    ],
    [
      'has one id twice',
      JSON.stringify([sampleOrganisation, sampleOrganisation]),
      'two organisations have the same id',
    ],
  ])('file that %s is refused by name and reason', (_, text, reason) => {
    const path = join(dataDir, 'organisations.json')
    if (text !== undefined) writeFileSync(path, text)
    expect(() => readOrganisations(path)).toThrow(reason)
    expect(() => readOrganisations(path)).toThrow(path)
  })
})
