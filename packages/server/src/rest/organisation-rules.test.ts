/** What the configuration says about an organisation decides in its applications, beside one that says nothing. */
import { kindTables, overlayTables } from '@upki-gateway/shared/tsv'
import { sampleOf, writeAll } from '@upki-gateway/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../config.js'
import { startTestGateway, type TestGateway } from '../testing/gateway.js'

/** The sample organisation, and one with the same names and rules of its own. */
const withStrict = (config: Config): Config => {
  const [plain] = config.organisations
  const columns = { subscriberDepartment: { max: 3 } }
  const strict = {
    ...plain!,
    id: 'strict',
    tables: overlayTables({ 'acme-create': { columns } }, kindTables),
    phishingWords: ['WWW'],
    unpublishedKinds: true,
  }
  return { ...config, organisations: [plain!, strict] }
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ change: withStrict })
})
afterAll(() => gateway.close())

async function codesFor(organisation: string, kind: 'acme-create' | 'subscriber-update'): Promise<string[]> {
  const token = await gateway.token(['applications:write'], { organisation })
  const { fields } = await sampleOf(kind)
  const response = await gateway.http
    .post('/v1/validations')
    .set({ authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' })
    .send(writeAll('jsonl', [{ kind, fields: { ...fields, subscriberDepartment: '理学部棟' } }]))
  const { findings } = response.body as { findings: { code: string }[] }
  return findings.map(({ code }) => code)
}

describe('the rules of an organisation', () => {
  it.each([
    ['a limit of its own', 'acme-create', 'tooLong'],
    ['a phishing word of its own', 'acme-create', 'hostPhishingWord'],
  ] as const)('add %s', async (_, kind, code) => {
    expect(await codesFor('strict', kind)).toContain(code)
    expect(await codesFor('example', kind)).not.toContain(code)
  })

  it('let it apply for a kind whose columns are not published', async () => {
    expect(await codesFor('strict', 'subscriber-update')).not.toContain('kindUnpublished')
    expect(await codesFor('example', 'subscriber-update')).toContain('kindUnpublished')
  })
})
