/** The word that a replaced certificate is served no more: only then is it revoked. */
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { AskButton } from '../../ui/ask-button.js'

const text = {
  open: { ja: '入れ替え済み…', en: 'No longer served…' },
  title: { ja: 'この証明書はもう使われていませんか', en: 'Is this certificate no longer served?' },
  effect: {
    ja: '新しい証明書への入れ替えが済んだことを記録し、この古い証明書の失効（理由: 証明書の取り替え）を申請します。まだ使っているサーバには接続できなくなります。元に戻せません。',
    en: 'It is recorded that the new certificate is in place, and the revocation of this old one (superseded) is applied for. Clients refuse servers that still use it. This cannot be undone.',
  },
  act: { ja: '入れ替え済みとする', en: 'Confirm and revoke' },
}

/** Whether that word is awaited. */
export const awaitsWord = ({ status, replacementConfirmedAt }: Schemas['CertificateSummary']): boolean =>
  status === 'replaced' && replacementConfirmedAt === null

const confirm = (serial: string) =>
  unwrap(api.POST('/v1/certificates/{serial}/confirm-replaced', { params: { path: { serial } } }))

export function ConfirmReplacedButton({
  certificate: { serial, commonName },
}: {
  certificate: Schemas['Certificate']
}) {
  const { t } = useWords()
  return (
    <AskButton
      open={t(text.open)}
      title={t(text.title)}
      act={t(text.act)}
      isDanger
      work={() => confirm(serial)}
    >
      <p>
        <strong>{commonName}</strong> <code className="hash">{serial}</code>
      </p>
      <p>{t(text.effect)}</p>
    </AskButton>
  )
}
