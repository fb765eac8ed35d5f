/** Makes an EAB credential; its key is shown once. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { Dialog } from '../../ui/dialog.js'
import { download } from '../../ui/download.js'
import { Facts } from '../../ui/facts.js'
import { TextField } from '../../ui/field.js'
import { endOfDay, namesOf } from '../../ui/form-dialog.js'
import { namesHint } from '../../ui/names-hint.js'
import { Secret } from '../../ui/secret.js'

type Made = { credential: Schemas['EabCredential']; hmacKey: string }

const text = {
  title: { ja: '新しいEAB', en: 'New EAB credential' },
  effect: {
    ja: 'このEABで登録したアカウントは、下の名前の証明書を、改めて承認を受けずに取得できます。この承認に期限はなく、EABを無効にするときか「継続的な承認」で終えられます。',
    en: 'Whoever registers an account with it may have certificates for the names without being asked again. That has no end of its own: it is ended with the credential, or under “Approvals”.',
  },
  act: { ja: '作成する', en: 'Make it' },
  name: { ja: '利用管理者氏名', en: 'Subscriber name' },
  department: { ja: '利用管理者所属', en: 'Subscriber department' },
  email: { ja: '利用管理者E-mail', en: 'Subscriber e-mail' },
  names: { ja: '名前', en: 'Names' },
  reusable: { ja: '何度でも使える', en: 'May be used more than once' },
  expires: {
    ja: 'アカウントを作れる期限（空欄なら無期限）',
    en: 'Accounts can be made until (without end when empty)',
  },
  made: { ja: 'EABができました', en: 'The EAB credential is made' },
  once: {
    ja: 'HMAC鍵が表示されるのは今だけです。利用管理者に安全な方法で渡してください。',
    en: 'The HMAC key is shown only now. Hand it to the subscriber by a safe way.',
  },
  kid: { ja: '鍵ID（kid）', en: 'Key ID (kid)' },
  key: { ja: 'HMAC鍵', en: 'HMAC key' },
  file: { ja: 'eab.jsonをダウンロード', en: 'Download eab.json' },
  close: { ja: '閉じる', en: 'Close' },
}

export function MakeEab({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Made>()
  return made ? <MadeEab made={made} onClose={onClose} /> : <EabForm onMade={setMade} onClose={onClose} />
}

const blank = { name: '', department: '', email: '', names: '', expires: '' }

function toInput(draft: typeof blank, reusable: boolean): Schemas['EabCredentialInput'] {
  const { name, department, email, names, expires } = draft
  return {
    subscriber: { email, ...(name && { name }), ...(department && { department }) },
    names: namesOf(names),
    reusable,
    ...(expires && { expiresAt: endOfDay(expires) }),
  }
}

function EabForm({ onMade, onClose }: { onMade: (made: Made) => void; onClose: () => void }) {
  const { t } = useWords()
  const [draft, setDraft] = useState(blank)
  const [reusable, setReusable] = useState(false)
  const bind = (field: keyof typeof blank) => ({
    value: draft[field],
    onChange: (value: string) => setDraft((before) => ({ ...before, [field]: value })),
  })
  return (
    <Ask
      title={t(text.title)}
      act={t(text.act)}
      work={() => unwrap(api.POST('/v1/eab-credentials', { body: toInput(draft, reusable) }))}
      onDone={onMade}
      onClose={onClose}
    >
      <p>{t(text.effect)}</p>
      <TextField label={t(text.name)} {...bind('name')} maxLength={64} />
      <TextField label={t(text.department)} {...bind('department')} maxLength={64} />
      <TextField label={t(text.email)} {...bind('email')} type="email" maxLength={78} isRequired />
      <TextField label={t(text.names)} {...bind('names')} hint={t(namesHint)} rows={3} mono isRequired />
      <TextField label={t(text.expires)} {...bind('expires')} type="date" />
      <label className="tick">
        <input type="checkbox" checked={reusable} onChange={(event) => setReusable(event.target.checked)} />
        {t(text.reusable)}
      </label>
    </Ask>
  )
}

function MadeEab({ made: { credential, hmacKey }, onClose }: { made: Made; onClose: () => void }) {
  const { t } = useWords()
  const { kid } = credential
  const save = () => download('eab.json', `${JSON.stringify({ kid, hmacKey })}\n`, 'application/json')
  return (
    <Dialog title={t(text.made)} act={t(text.close)} onAct={onClose} onClose={onClose}>
      <p className="notice">{t(text.once)}</p>
      <Facts
        entries={[
          [t(text.kid), <Secret value={kid} what={t(text.kid)} />],
          [t(text.key), <Secret value={hmacKey} what={t(text.key)} />],
        ]}
      />
      <button type="button" onClick={save}>
        {t(text.file)}
      </button>
    </Dialog>
  )
}
