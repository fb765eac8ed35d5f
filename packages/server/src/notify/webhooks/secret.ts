/** The secret of a webhook, sealed for it alone. */
import type { Vault } from '../../files/secret-key.js'
import type { WebhookRow } from '../../store/event-tables.js'

const labelOf = ({ id }: { id: string }): string => `webhook:${id}`

export const sealSecret = (vault: Vault, webhook: { id: string }, secret: string): Buffer =>
  vault.seal(Buffer.from(secret), labelOf(webhook))

type Sealed = Pick<WebhookRow, 'id' | 'secret' | 'old_secret' | 'old_secret_until'>

/** Those that sign at this time, the current one first. */
export function openSecrets(vault: Vault, webhook: Sealed, now: Date): string[] {
  const { secret, old_secret: old, old_secret_until: until } = webhook
  const sealed = old && until && now < until ? [secret, old] : [secret]
  return sealed.map((each) => vault.open(each, labelOf(webhook)).toString())
}
