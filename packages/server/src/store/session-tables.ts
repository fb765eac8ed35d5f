/** Tables of the console's sign-in. Source: migrations/050-sessions.ts. */
import type { Generated, Selectable } from 'kysely'
import type { Timestamp } from './column-types.js'

/** How an operator signed in. */
export type SignInWay = 'link' | 'certificate' | 'oidc'

interface ConsoleSessionsTable {
  token_sha256: Buffer
  operator_id: string
  way: SignInWay
  created_at: Timestamp
  seen_at: Timestamp
  /** The end, however busy the session is. */
  expires_at: Timestamp
}

interface UsedSignInLinksTable {
  token_sha256: Buffer
  expires_at: Timestamp
}

/** One row from the first sign-in on. */
interface ConsoleOpenedTable {
  only_row: Generated<boolean>
  at: Timestamp
}

export interface SessionTables {
  console_sessions: ConsoleSessionsTable
  used_sign_in_links: UsedSignInLinksTable
  console_opened: ConsoleOpenedTable
}

export type SessionRow = Selectable<ConsoleSessionsTable>
