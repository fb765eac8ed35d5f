import type { TestProject } from 'vitest/node'
import type { RunningGateway } from './console.js'
import { startMachine } from './machine.js'
import { startUniversity } from './university.js'

declare module 'vitest' {
  export interface ProvidedContext {
    gateway: RunningGateway
    /** The gateway of university.ts. */
    university: RunningGateway & { folder: string }
    browser: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { system, browser, stop } = await startMachine()
  const university = await startUniversity(system.directory)
  const { url, directory, env, folder } = university
  project.provide('gateway', { url: system.url, directory: system.directory })
  project.provide('university', { url, directory, env, folder })
  project.provide('browser', browser.wsEndpoint())
  return async () => {
    await university.stop()
    await stop()
  }
}
