/**
 * Accounts on disk, laid out as certbot does: `accounts/HOST/PATH/ID/` with
 * private_key.json (JWK), regr.json (its address at the server) and meta.json.
 *
 * One account per directory and EAB key id, since UPKI gives one per CN: two of
 * them at one server never overwrite each other.
 */
import { createHash, generateKeyPair, createPrivateKey, createPublicKey } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { importJWK, type CryptoKey, type JWK } from 'jose'
import * as z from 'zod/mini'
import type { AccountKey } from '../acme/session.js'
import { makePrivateDirectory, secretMode, syncDirectory, writeFileAtomic } from './atomic-file.js'
import { Failure } from '../terminal/failure.js'
import { paths, type Directories } from './directories.js'
import { listNames, readOptional } from './read-optional.js'

export interface StoredAccount {
  id: string
  folder: string
  /** Undefined until the server has answered newAccount. */
  url?: string
}

const registrationSchema = z.object({ uri: z.string() })

/** The id of the account for a directory and an EAB key id, or for none. */
export const accountId = (directory: URL, kid: string | undefined) =>
  createHash('sha256')
    .update(`${directory.href}\n${kid ?? ''}`)
    .digest('hex')
    .slice(0, 32)

/** Accounts at a directory that the server has confirmed. */
export async function listAccounts(directories: Directories, directory: URL): Promise<StoredAccount[]> {
  const ids = await listNames(serverFolder(directories, directory))
  const accounts = await Promise.all(ids.filter(isId).map((id) => findAccount(directories, directory, id)))
  return accounts.filter(({ url }) => url !== undefined)
}

export async function findAccount(
  directories: Directories,
  directory: URL,
  id: string,
): Promise<StoredAccount> {
  const folder = join(serverFolder(directories, directory), id)
  const registration = await readOptional(join(folder, 'regr.json'))
  const url = registration && readStored(folder, () => registrationSchema.parse(JSON.parse(registration)).uri)
  return { id, folder, url: url || undefined }
}

/**
 * Reads the account's key, or makes and stores one. `fresh`: it was made just now.
 *
 * @throws Failure when it cannot be read, or is missing for an account that the server has confirmed
 */
export async function openAccountKey(account: StoredAccount) {
  // The server knows the account by the key that was there: another one would sign in vain.
  if (account.url && !(await readOptional(join(account.folder, keyFile)))) throw damaged(account.folder)
  return openKey(account, keyFile)
}

/** The key that a rollover was begun with, or one made and stored for it. */
export const openNextKey = (account: StoredAccount) => openKey(account, nextKeyFile)

/** The key of a rollover that was cut short: until the server is asked, it or the one before may count. */
export async function findNextKey({ folder }: StoredAccount): Promise<AccountKey | undefined> {
  const stored = await readOptional(join(folder, nextKeyFile))
  return stored === undefined ? undefined : readKey(stored, folder)
}

/** The server has taken the next key: it is the account's. */
export async function promoteNextKey({ folder }: StoredAccount): Promise<void> {
  await rename(join(folder, nextKeyFile), join(folder, keyFile)).catch((error: unknown) => {
    // Another run found the same and was faster.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
  await syncDirectory(folder)
}

const keyFile = 'private_key.json'
const nextKeyFile = 'next_private_key.json'

async function openKey(account: StoredAccount, file: string): Promise<AccountKey & { fresh: boolean }> {
  const path = join(account.folder, file)
  const stored = await readOptional(path)
  if (stored) return { ...(await readKey(stored, account.folder)), fresh: false }
  const made = await generateAccountKey()
  await makePrivateDirectory(account.folder)
  await writeFileAtomic(path, `${made}\n`, secretMode)
  return { ...(await readKey(made, account.folder)), fresh: true }
}

export async function saveRegistration(account: StoredAccount, url: string, kid?: string): Promise<void> {
  const meta = {
    creation_dt: new Date().toISOString(),
    creation_host: hostname(),
    ...(kid ? { eab_kid: kid } : {}),
  }
  await writeFileAtomic(join(account.folder, 'meta.json'), `${JSON.stringify(meta)}\n`, secretMode)
  const registration = { body: {}, uri: url }
  await writeFileAtomic(join(account.folder, 'regr.json'), `${JSON.stringify(registration)}\n`, secretMode)
}

async function generateAccountKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return JSON.stringify(privateKey.export({ format: 'jwk' }))
}

async function readKey(json: string, folder: string): Promise<AccountKey> {
  const [jwk, privateKey] = readStored(folder, () => {
    const parsed = JSON.parse(json) as JWK
    return [parsed, createPrivateKey({ key: parsed, format: 'jwk' })] as const
  })
  const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK
  return { privateKey: (await importJWK(jwk, 'ES256')) as CryptoKey, publicJwk }
}

/** What a parser says is not passed on: it may quote a key. */
function readStored<T>(folder: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw damaged(folder)
  }
}

const damaged = (folder: string) =>
  new Failure('failed', {
    en: `The account stored in ${folder} is damaged or lacks its key. Restore the folder from a backup; or move it away and run the command again with a new EAB credential.`,
    ja: `${folder} に保存されたアカウントが壊れているか、鍵がありません。バックアップから戻すか、フォルダを別の場所へ移し、新しい EAB を付けてもう一度実行してください。`,
  })

/** `accounts/gateway.example.ac.jp_8443/acme/directory`: certbot's, with characters that any file system takes. */
function serverFolder(directories: Directories, { host, pathname }: URL): string {
  const parts = [host, ...pathname.split('/')].filter(Boolean)
  return join(paths.accounts(directories), ...parts.map((part) => part.replace(/[^A-Za-z0-9.-]/g, '_')))
}

const isId = (name: string) => /^[0-9a-f]{32}$/.test(name)
