/** The first start prints a link that signs the first administrator in, once. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { makeDirectory, removeDirectory } from '../support/system.js'
import { type Console, openConsole } from './support/console.js'

/** A name that only a configuration can have. */
const organizationName = '<img src=x onerror=alert(1)>'

const directory = makeDirectory()
const config = join(directory, 'config.yaml')
let child: ReturnType<typeof spawn>
let operator: Console
let link: string

beforeAll(async () => {
  const organisation = {
    ...{ id: 'example', organizationName, domains: ['example.ac.jp'], issuanceSystem: 'hands' },
    ...{ locality: 'Chiyoda-ku', stateOrProvince: 'Tokyo' },
  }
  const issuanceSystems = [
    {
      id: 'hands',
      adapter: 'handoff',
      chainFiles: [join(inject('gateway').directory, 'simulator/chain-ecc.pem')],
    },
  ]
  writeFileSync(config, JSON.stringify({ organisations: [organisation], issuanceSystems }))
  link = await start()
  operator = await openConsole({ url: new URL(link).origin, directory }, inject('browser'))
})
afterAll(async () => {
  await operator.close()
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  removeDirectory(directory)
})

/** `npm start`, without the set-up that has been done. @returns the link among what it prints */
function start(): Promise<string> {
  const script = join(import.meta.dirname, '../../scripts/start.mjs')
  const env = {
    ...process.env,
    UPKI_DATA_DIR: directory,
    UPKI_LISTEN: '127.0.0.1:0',
    UPKI_CONFIG: config,
    UPKI_LOG_LEVEL: 'silent',
  }
  child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      printed += data.toString()
      const [found] = /https:\/\/\S+#link=[\w-]+/.exec(printed) ?? []
      if (found && printed.includes('Ctrl-C')) resolve(found)
    })
    child.once('exit', () => reject(new Error(`it ended: ${printed}`)))
  })
}

it('signs the first administrator in by the link that the start prints, once', async () => {
  const page = await operator.visit('ja')
  await page.goto(link)
  await page.getByRole('button', { name: 'リンクでサインイン' }).click()
  await page.getByRole('heading', { name: '今日', level: 1 }).waitFor()
  expect(page.url()).not.toContain('link=')
  await page.goto('/organisation')
  await page.getByRole('heading', { name: organizationName }).waitFor()
  expect(await page.locator('main img').count()).toBe(0)
  await page.context().close()

  const another = await operator.visit('en')
  await another.goto(link)
  await another.getByRole('button', { name: 'Sign in by the link' }).click()
  await another.getByRole('alert').waitFor()
  expect(await another.context().cookies()).toEqual([])
  await another.context().close()
  expect(operator.faults.splice(0)).toEqual([])
})
