/** Asks before a revocation is applied for, and says what will happen. */
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { FormDialog, type FormField } from '../../ui/form-dialog.js'
import { reasonOptions } from '../../ui/reasons.js'

const text = {
  open: { ja: '失効…', en: 'Revoke…' },
  title: { ja: 'この証明書を失効しますか', en: 'Revoke this certificate?' },
  effect: {
    ja: '失効申請を発行システムに送ります。失効すると、この証明書を使うサーバに接続できなくなります。元に戻せません。',
    en: 'A revocation is applied for. Once revoked, clients refuse servers that still use the certificate. This cannot be undone.',
  },
  act: { ja: '失効を申請する', en: 'Apply for the revocation' },
}

const fields: readonly FormField[] = [
  { name: 'reason', label: { ja: '失効理由', en: 'Reason' }, options: reasonOptions, isRequired: true },
  { name: 'comment', label: { ja: '失効理由コメント', en: 'Comment' }, maxLength: 128 },
]

const revoke = (serial: string, { reason, comment }: Readonly<Record<string, string>>) =>
  unwrap(
    api.POST('/v1/certificates/{serial}/revoke', {
      params: { path: { serial } },
      body: { reason: reason as Schemas['RevocationReason'], ...(comment && { comment }) },
    }),
  )

export function RevokeButton({
  certificate: { serial, commonName },
}: {
  certificate: Schemas['Certificate']
}) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <button type="button" className="danger" onClick={() => setIsAsking(true)}>
        {t(text.open)}
      </button>
      {isAsking && (
        <FormDialog
          title={t(text.title)}
          act={t(text.act)}
          isDanger
          fields={fields}
          initial={{ reason: '5' }}
          work={(values) => revoke(serial, values)}
          onDone={({ id }) => navigate(`/applications/${id}`)}
          onClose={() => setIsAsking(false)}
        >
          <p>
            <strong>{commonName}</strong> <code className="hash">{serial}</code>
          </p>
          <p>{t(text.effect)}</p>
        </FormDialog>
      )}
    </>
  )
}
