/** Expectations of a machine that show, when they are not met, what the client said, and that give a loaded machine time. */
import { get } from 'node:http'
import { expect } from 'vitest'
import type { Ended, Machine } from './machine.js'

const patience = { timeout: 60_000, interval: 100 }

async function expectStatus(run: Promise<Ended>, wanted: number): Promise<Ended> {
  const ended = await run
  const { status, signal, stdout, stderr } = ended
  const said = `ended with ${signal ?? status} instead of ${wanted}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`
  expect(status, said).toBe(wanted)
  return ended
}

export const expectDone = (run: Promise<Ended>) => expectStatus(run, 0)
export const expectFailed = (run: Promise<Ended>) => expectStatus(run, 1)

/**
 * Soon: the client goes by the first worker that shows the new certificate, and
 * for a moment after a reload one of before may still take a connection.
 */
export async function expectShown(machine: Machine, serial: string): Promise<void> {
  for (const name of machine.names) {
    const asked = name.replace('*', 'any')
    const look = async () => ({ name, serial: (await machine.shown(asked)).serialNumber })
    await expect.poll(look, patience).toEqual({ name, serial })
  }
}

export const expectLiveShown = async (machine: Machine) => expectShown(machine, await machine.liveSerial())

/** As a client that trusts this root alone: the chain that is sent must reach it. */
export async function expectTrusted(machine: Machine, ca: Buffer): Promise<void> {
  for (const name of machine.names)
    await expect.poll(() => machine.isTrusted(name, ca), { ...patience, message: name }).toBe(true)
}

/** Plain HTTP for this path is sent to the same by TLS. */
export async function expectRedirect(machine: Machine, path: string): Promise<void> {
  const location = `https://www.example.ac.jp:${machine.ports.https}${path}`
  await expect.poll(() => ask(machine, path), patience).toMatchObject({ status: 301, location })
}

/** Over a connection of its own: one that was kept would be answered by the worker of before. */
const ask = (machine: Machine, path: string) =>
  new Promise<{ status?: number; location?: string }>((resolve, reject) => {
    const headers = { host: 'www.example.ac.jp' }
    const options = { host: machine.host, port: machine.ports.http, path, headers, agent: false } as const
    get(options, ({ statusCode: status, headers: { location } }) => resolve({ status, location })).on(
      'error',
      reject,
    )
  })
