/** Which account speaks to the server, and a session signed by it. */
import {
  findKnownAccount,
  registerAccount,
  type AccountQuestions,
  type Registration,
} from '../../acme/account.js'
import type { EabCredential } from '../../acme/external-account-binding.js'
import { Session } from '../../acme/session.js'
import type { Transport } from '../../acme/transport.js'
import {
  accountId,
  findAccount,
  findNextKey,
  listAccounts,
  openAccountKey,
  promoteNextKey,
  saveRegistration,
  type StoredAccount,
} from '../../keystore/account-store.js'
import { paths, type Directories } from '../../keystore/directories.js'
import { acquireLock } from '../../keystore/lock.js'
import { Failure } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'

export interface AccountWish {
  /** `--account`, or the account of the order under way. */
  id?: string
  kid?: string
  eab?: EabCredential
  email?: string
  agreeTos: boolean
  questions?: AccountQuestions
}

/** An open session and the id of its account. */
export interface OpenSession {
  session: Session
  accountId: string
}

/**
 * Opens a session, registering the account when the server has not confirmed it
 * yet. Only that is done under a lock, so that two first runs make one account.
 */
export async function openSession(
  directories: Directories,
  directory: URL,
  transport: Transport,
  wish: AccountWish,
): Promise<OpenSession> {
  const account = await chooseAccount(directories, directory, wish)
  if (account.url) return { session: await connect(account, directory, transport), accountId: account.id }
  const lock = await acquireLock(paths.lock(directories, 'accounts'))
  try {
    return { session: await register(account, directory, transport, wish), accountId: account.id }
  } finally {
    lock.release()
  }
}

async function chooseAccount(
  directories: Directories,
  directory: URL,
  { id, kid }: AccountWish,
): Promise<StoredAccount> {
  if (kid) return findAccount(directories, directory, accountId(directory, kid))
  const accounts = await listAccounts(directories, directory)
  if (id) return accounts.find((account) => account.id === id) ?? unknownAccount(id, accounts)
  const [only, ...others] = accounts
  if (others.length > 0) throw severalAccounts(accounts)
  return only ?? findAccount(directories, directory, accountId(directory, undefined))
}

async function connect(account: StoredAccount, directory: URL, transport: Transport) {
  const session =
    (await finishRollover(account, directory, transport)) ??
    (await Session.open(transport, directory, await openAccountKey(account)))
  session.accountUrl = account.url
  return session
}

/** A session by the next key, where the server has taken it and we were cut short before we knew. */
async function finishRollover(account: StoredAccount, directory: URL, transport: Transport) {
  const next = await findNextKey(account)
  if (!next) return undefined
  const session = await Session.open(transport, directory, next)
  if ((await findKnownAccount(session)) !== account.url) return undefined
  await promoteNextKey(account)
  return session
}

async function register(
  account: StoredAccount,
  directory: URL,
  transport: Transport,
  wish: AccountWish,
): Promise<Session> {
  const { fresh, ...key } = await openAccountKey(account)
  const session = await Session.open(transport, directory, key)
  const registration: Registration = { ...wish, keyMayBeKnown: !fresh }
  const url = await registerAccount(session, registration)
  await saveRegistration(account, url, wish.kid)
  return session
}

function unknownAccount(id: string, accounts: readonly StoredAccount[]): never {
  const known = accounts.map((account) => account.id).join(', ') || '-'
  throw new Failure('usage', {
    en: `There is no account ${printable(id, 80)} at this server; known: ${known}.`,
    ja: `このサーバにアカウント ${printable(id, 80)} はありません。あるもの: ${known}。`,
  })
}

const severalAccounts = (accounts: readonly StoredAccount[]) => {
  const known = accounts.map((account) => account.id).join(', ')
  return new Failure('usage', {
    en: `There are several accounts at this server. Say which one by --eab-kid, --eab-file or --account: ${known}.`,
    ja: `このサーバのアカウントが複数あります。--eab-kid、--eab-file または --account で選んでください: ${known}。`,
  })
}
