import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { sealAudit } from './audit/seal-audit.js'
import { type Config, loadConfig } from './config.js'
import { runVerification } from './run-verification.js'
import { appendAudit } from './store/audit.js'
import { openStore } from './store/database.js'
import { placeStore } from './testing/store-template.js'

let directory: string
let config: Config

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upki-audit-'))
  config = loadConfig({ UPKI_DATA_DIR: directory })
  await placeStore(directory)
  const store = await openStore(config)
  const entry = { at: new Date(0), actor: 'gateway', action: 'test.write', subject: 'x' }
  await store.db.transaction().execute((trx) => appendAudit(trx, [entry, entry]))
  await sealAudit({ db: store.db, now: () => new Date() })
  await store.close()
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('prints a head that it knows again later, and tells another one from it by its exit status', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    expect(await runVerification(config, [])).toBe(0)
    const line = String(log.mock.calls[0]?.[0])
    const head = /head (2:[0-9a-f]{64})/.exec(line)?.[1] ?? ''
    expect(line).toContain('監査ログは完全です')
    expect(await runVerification(config, [head])).toBe(0)
    expect(await runVerification(config, [`2:${'0'.repeat(64)}`])).toBe(1)
    expect(String(log.mock.calls[2]?.[0])).toContain('監査ログが壊れています')
  } finally {
    log.mockRestore()
  }
})

it('refuses a head that is none', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(await runVerification(config, ['2:abc'])).toBe(2)
  error.mockRestore()
})
