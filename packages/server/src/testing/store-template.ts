/**
 * The embedded store as a first start makes it, made once for a run of the tests and copied for each gateway: making one
 * takes seconds of processor time, copying it a moment.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openStore } from '../store/database.js'

/** Told to the processes of the run by the environment. */
const VARIABLE = 'UPKI_TEST_STORE'
const LOOK_AGAIN_MS = 50

/** Global setup of the suites: a place for the template, which the first gateway fills. */
export default function setup(): () => void {
  if (process.env[VARIABLE]) return () => undefined
  const directory = mkdtempSync(join(tmpdir(), 'upki-template-'))
  process.env[VARIABLE] = directory
  return () => rmSync(directory, { recursive: true, force: true })
}

/** @returns whether this process is the one that makes the template */
function isFirst(template: string): boolean {
  try {
    mkdirSync(join(template, 'making'))
    return true
  } catch {
    return false
  }
}

async function make(template: string): Promise<void> {
  const store = await openStore({ dataDirectory: template })
  await store.close()
  writeFileSync(join(template, 'ready'), '')
}

/** Puts a store into a data directory that has none; outside a run of the tests the gateway makes its own. */
export async function placeStore(dataDirectory: string): Promise<void> {
  const template = process.env[VARIABLE]
  const place = join(dataDirectory, 'store')
  if (!template || existsSync(place)) return
  if (isFirst(template)) await make(template)
  while (!existsSync(join(template, 'ready'))) await pause(LOOK_AGAIN_MS)
  await cp(join(template, 'store'), place, { recursive: true })
}
