import type { Schemas } from '../../api/client.js'
import { type Bilingual, useWords } from '../../i18n/language.js'
import { Badge, type Tone } from '../../ui/state.js'

type Account = Schemas['AcmeAccount']

// RFC 8555 §7.1.6: deactivated by its client, revoked by an operator.
const states: Record<Account['status'], { name: Bilingual; tone: Tone }> = {
  valid: { name: { ja: '有効', en: 'Valid' }, tone: 'good' },
  deactivated: { name: { ja: '利用者が停止', en: 'Deactivated by its client' }, tone: 'over' },
  revoked: { name: { ja: '停止', en: 'Ended' }, tone: 'over' },
}

export function AccountBadge({ status }: { status: Account['status'] }) {
  const { t } = useWords()
  return <Badge tone={states[status].tone}>{t(states[status].name)}</Badge>
}

/** An account need not name anybody; its key does. */
export const contactsOf = ({ contact, thumbprint }: Account): string =>
  contact.map((each) => each.replace(/^mailto:/, '')).join(', ') || thumbprint
