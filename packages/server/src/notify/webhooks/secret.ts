/** The secret of a webhook, sealed for it alone. */
import type { Vault } from '../../files/secret-key.js'

const labelOf = ({ id }: { id: string }): string => `webhook:${id}`

export const sealSecret = (vault: Vault, webhook: { id: string }, secret: string): Buffer =>
  vault.seal(Buffer.from(secret), labelOf(webhook))

export const openSecret = (vault: Vault, webhook: { id: string; secret: Buffer }): string =>
  vault.open(webhook.secret, labelOf(webhook)).toString()
