/** The configuration that docs/operations.md shows is one that starts a gateway, and has every member. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configFile } from './config-file.js'
import { loadConfig } from './config.js'

const guide = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
const shown = /`UPKI_CONFIG`, with every member:\s+```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''

const directory = mkdtempSync(join(tmpdir(), 'upki-settings-'))
afterAll(() => rmSync(directory, { recursive: true }))

it('is taken as it stands', () => {
  const file = join(directory, 'config.yaml')
  writeFileSync(file, shown)
  mkdirSync(join(directory, 'blocked'))
  writeFileSync(join(directory, 'blocked', 'ours.txt'), `${'a'.repeat(64)} ours\n`)
  const env = { UPKI_CONFIG: file, UPKI_DATA_DIR: directory, UPKI_SMTP_URL: 'smtp://127.0.0.1:25' }
  expect(loadConfig(env).organisations).toHaveLength(1)
})

type Schema = z.core.JSONSchema.BaseSchema

/** Members that a schema has and none of the values, by their paths. Where nothing is shown of a part, its members are told elsewhere. */
function unshown(schema: Schema, values: readonly unknown[], path = ''): string[] {
  const { items, oneOf, anyOf, properties = {} } = schema
  const some = oneOf ?? anyOf
  if (some) return [...new Set(some.flatMap((each) => unshown(each, values, path)))]
  if (items) return unshown(items as Schema, values.flat(), `${path}[]`)
  const objects = values.filter((value): value is Record<string, unknown> => isFilled(value))
  if (objects.length === 0) return []
  return Object.entries(properties).flatMap(([name, member]) => {
    const found = objects.flatMap((object) => (name in object ? [object[name]] : []))
    const place = path === '' ? name : `${path}.${name}`
    return found.length === 0 ? [place] : unshown(member as Schema, found, place)
  })
}

const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

it('has every member', () => {
  const schema = z.toJSONSchema(configFile, { io: 'input', unrepresentable: 'any' })
  // Of the console, console.md tells the rest.
  expect(unshown(schema, [parse(shown)])).toEqual(['console.oidc.scope', 'console.oidc.caFile'])
})
