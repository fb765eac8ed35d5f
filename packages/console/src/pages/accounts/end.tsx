import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { contactsOf } from './words.js'

const text = {
  title: { ja: 'このACMEアカウントを停止しますか', en: 'Deactivate this ACME account?' },
  effect: {
    ja: 'このアカウントは証明書を取得も更新もできなくなり、承認待ち・送信待ちの申請は取り消されます。発行済みの証明書はそのまま使えます。元に戻せません。',
    en: 'It can neither obtain nor renew certificates, and its applications that wait for approval or in the queue are stopped. Certificates that were issued stay valid. This cannot be undone.',
  },
  act: { ja: '停止する', en: 'Deactivate' },
}

interface EndAccountProps {
  account: Schemas['AcmeAccount']
  onClose: () => void
}

export function EndAccount({ account, onClose }: EndAccountProps) {
  const { t } = useWords()
  const params = { path: { id: account.id } }
  return (
    <Ask
      title={t(text.title)}
      act={t(text.act)}
      isDanger
      work={() => unwrap(api.POST('/v1/acme-accounts/{id}/deactivate', { params }))}
      onClose={onClose}
    >
      <p className="hash">{contactsOf(account)}</p>
      <p>{t(text.effect)}</p>
    </Ask>
  )
}
