/** One gateway, one simulator and one browser for all files of the suite: each takes seconds to start. */
import { type BrowserServer, chromium } from 'playwright-core'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../../support/system.js'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Machine {
  system: TestSystem
  browser: BrowserServer
  stop: () => Promise<void>
}

export async function startMachine(): Promise<Machine> {
  const directory = makeDirectory()
  const executablePath = process.env.UPKI_TEST_CHROMIUM ?? '/usr/bin/chromium'
  const [system, browser] = await Promise.all([
    startIn(directory),
    chromium.launchServer({ executablePath, args: flags }),
  ])
  const stop = async () => {
    await browser.close()
    await system.stop()
    removeDirectory(directory)
  }
  return { system, browser, stop }
}
