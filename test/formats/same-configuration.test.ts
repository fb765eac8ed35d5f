/** The command line and the gateway take the same configuration file, and judge by the same rules from it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readSettings } from '../../packages/client/src/commands/tsv/settings.js'
import { loadConfig } from '../../packages/server/src/config.js'
import { organisationContext } from '../../packages/server/src/policy/organisation-context.js'

const folder = mkdtempSync(join(tmpdir(), 'upki-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rules = `
    profiles: ['3', '13']
    tables: { server-issue: { profiles: ['3'], columns: { software: { max: 64, use: optional } } } }
    phishingWords: [portal]
    unpublishedKinds: true`

it.each([
  ['with rules of its own', rules],
  ['with nothing but its registered values', ''],
])('an organisation %s', async (_, more) => {
  const file = join(folder, 'gateway.yaml')
  const organisation = `
  - id: example
    organizationName: Example University
    locality: Chiyoda-ku
    stateOrProvince: Tokyo
    domains: [example.ac.jp]
    issuanceSystem: main${more}`
  const system = '{ id: main, adapter: screens, credentialsFile: a.json, chainFiles: [b.pem] }'
  writeFileSync(
    file,
    `organisations:${organisation}\nissuanceSystems: [${system}]\nbatching: { maxAgeSeconds: 5 }\n`,
  )
  const [gateway] = loadConfig({ UPKI_CONFIG: file }).organisations
  const theirs = organisationContext(gateway!)
  const ours = await readSettings({ config: file })
  expect(ours.tables).toEqual(theirs.tables)
  expect(ours.phishingWords).toEqual(theirs.phishingWords)
  expect(ours.unpublishedKinds ?? false).toBe(theirs.unpublishedKinds)
  // The gateway's default names every profile there is, which is no restriction.
  if (more) expect(ours.profiles).toEqual(theirs.profiles)
  const { organizationName, locality, stateOrProvince, domains } = gateway!
  expect(ours.organisation).toMatchObject({ organizationName, locality, stateOrProvince, domains })
})
