import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Badge } from '../../ui/state.js'

const text = {
  live: { ja: '有効', en: 'Enabled' },
  failing: { ja: '失敗が続いています（{failures}回）', en: 'Failing ({failures} times)' },
  disabled: { ja: '停止', en: 'Disabled' },
}

export function WebhookBadge({ webhook: { disabledAt, failures } }: { webhook: Schemas['Webhook'] }) {
  const { t } = useWords()
  if (disabledAt) return <Badge tone="over">{t(text.disabled)}</Badge>
  if (failures > 0) return <Badge tone="bad">{t(text.failing, { failures })}</Badge>
  return <Badge tone="good">{t(text.live)}</Badge>
}
