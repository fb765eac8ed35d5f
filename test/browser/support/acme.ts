/** The real client, for accounts that the console shows. */
import { join } from 'node:path'
import { makeDirectory, type Reached, removeDirectory, runClient } from '../../support/system.js'
import { get } from './post.js'

async function run(system: Reached, ...args: readonly string[]): Promise<void> {
  const folder = makeDirectory()
  const { url, directory } = system
  const { code, stderr } = await runClient([
    ...args,
    ...['--server', `${url}/acme/directory`, '--ca-file', join(directory, 'ca.pem')],
    ...['--eab-file', join(directory, 'eab.json'), '--config-dir', folder, '--lang', 'en'],
  ])
  removeDirectory(folder)
  if (code !== 0) throw new Error(stderr)
}

/** @returns the id of a new account */
export async function register(system: Reached, email: string): Promise<string> {
  await run(system, 'register', '-m', email, '--agree-tos')
  const { accounts } = (await get(system, '/v1/acme-accounts')) as {
    accounts: { id: string; contact: string[] }[]
  }
  return accounts.find(({ contact }) => contact.includes(`mailto:${email}`))!.id
}

/** An account with an order that ends in a certificate. */
export const obtain = (system: Reached, name: string, email: string): Promise<void> =>
  run(system, 'certonly', '-d', name, '-m', email, '--agree-tos')
