/**
 * `update-account --new-key`. The new key is on disk before the server hears of
 * it, and both are kept until it is known which counts: every later run that
 * finds two asks the server (open-session.ts).
 */
import { changeKey } from '../../acme/key-change.js'
import { Session } from '../../acme/session.js'
import type { Transport } from '../../acme/transport.js'
import { findAccount, openNextKey, promoteNextKey } from '../../keystore/account-store.js'
import type { Directories } from '../../keystore/directories.js'
import type { OpenSession } from '../certonly/open-session.js'

/** @returns a session that speaks with the new key */
export async function rollOver(
  directories: Directories,
  server: URL,
  transport: Transport,
  { session, accountId }: OpenSession,
): Promise<OpenSession> {
  const account = await findAccount(directories, server, accountId)
  const next = await openNextKey(account)
  const speaking = await Session.open(transport, server, next)
  await changeKey(session, next)
  await promoteNextKey(account)
  speaking.accountUrl = session.accountUrl
  return { session: speaking, accountId }
}
