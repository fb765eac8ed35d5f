import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Badge } from '../../ui/state.js'

const text = {
  live: { ja: '有効', en: 'Enabled' },
  failing: {
    ja: '失敗が続いています（{count}回）',
    one: 'Failing ({count} time)',
    en: 'Failing ({count} times)',
  },
  disabled: { ja: '停止', en: 'Disabled' },
}

export function WebhookBadge({ webhook: { disabledAt, failures } }: { webhook: Schemas['Webhook'] }) {
  const { t, n } = useWords()
  if (disabledAt) return <Badge tone="over">{t(text.disabled)}</Badge>
  if (failures > 0) return <Badge tone="bad">{n(text.failing, failures)}</Badge>
  return <Badge tone="good">{t(text.live)}</Badge>
}
