/** Makes an EAB credential (RFC 8555 §7.3.4) that carries an approval; its HMAC key is shown this once. */
import { randomBytes } from 'node:crypto'
import type { Vault } from '../files/secret-key.js'
import { newId } from '../issuance/new-id.js'
import type { ApprovalRow } from '../store/tables.js'
import type { Transaction } from '../store/database.js'
import { eabLabel, insertEabCredential } from '../store/eab-credentials.js'

// RFC 7518 §3.2: a key for HS256 has at least as many bits as its hash.
const HMAC_KEY_BYTES = 32

/** As clients take it: base64url. */
export interface EabCredential {
  kid: string
  hmacKey: string
}

export interface EabTerms {
  approval: Pick<ApprovalRow, 'id' | 'organisation'>
  reusable: boolean
  expiresAt: Date | null
  createdBy: string
  now: Date
}

/** None that begins with a hyphen: certbot, given it on a command line, would take it for an option. */
export function makeHmacKey(): Buffer {
  const key = randomBytes(HMAC_KEY_BYTES)
  return key.toString('base64url').startsWith('-') ? makeHmacKey() : key
}

export async function makeEabCredential(
  trx: Transaction,
  vault: Vault,
  { approval, reusable, expiresAt, createdBy, now }: EabTerms,
): Promise<EabCredential> {
  const kid = newId()
  const key = makeHmacKey()
  await insertEabCredential(trx, {
    kid,
    organisation: approval.organisation,
    approval_id: approval.id,
    sealed_key: vault.seal(key, eabLabel(kid)),
    reusable,
    expires_at: expiresAt,
    created_by: createdBy,
    created_at: now,
  })
  return { kid, hmacKey: key.toString('base64url') }
}
