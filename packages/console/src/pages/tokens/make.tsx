/** Makes a token; its value is shown once. */
import { useState } from 'react'
import { api, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { TextField } from '../../ui/field.js'
import { endOfDay } from '../../ui/form-dialog.js'
import { ShownOnce } from '../../ui/shown-once.js'

const text = {
  title: { ja: '新しいトークン', en: 'New token' },
  effect: {
    ja: 'このトークンを持つプログラムは、あなたに代わって、選んだことを何でもできます。',
    en: 'Whoever holds it may do in your place what you choose here.',
  },
  name: { ja: '名前（何に使うか）', en: 'Name (what it is for)' },
  scopes: { ja: 'できること', en: 'Scopes' },
  expires: { ja: '使用期限（空欄なら1年）', en: 'Until (one year when empty)' },
  act: { ja: '作成する', en: 'Make it' },
  made: { ja: 'トークンができました', en: 'The token is made' },
  once: {
    ja: '値が表示されるのは今だけです。安全な場所に保存してください。',
    en: 'The value is shown only now. Keep it in a safe place.',
  },
  value: { ja: '値', en: 'Value' },
}

interface MakeTokenProps {
  /** What the maker may do himself. */
  scopes: readonly string[]
  onClose: () => void
}

/** What a portal of the university needs, and nothing else. */
const usual = ['applications:read', 'applications:write', 'certificates:read']

export function MakeToken({ scopes, onClose }: MakeTokenProps) {
  const { t } = useWords()
  const [name, setName] = useState('')
  const [day, setDay] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(usual.filter((scope) => scopes.includes(scope)))
  const [value, setValue] = useState<string>()
  if (value !== undefined)
    return (
      <ShownOnce title={t(text.made)} notice={t(text.once)} what={t(text.value)} {...{ value, onClose }} />
    )
  const body = { name, scopes: [...chosen], ...(day && { expiresAt: endOfDay(day) }) }
  return (
    <Ask
      title={t(text.title)}
      act={t(text.act)}
      work={() => unwrap(api.POST('/v1/tokens', { body }))}
      onDone={(made) => setValue(made.value)}
      onClose={onClose}
    >
      <p>{t(text.effect)}</p>
      <TextField label={t(text.name)} value={name} onChange={setName} maxLength={100} isRequired />
      <Scopes {...{ scopes, chosen }} onChoose={setChosen} />
      <TextField label={t(text.expires)} value={day} onChange={setDay} type="date" />
    </Ask>
  )
}

interface ScopesProps {
  scopes: readonly string[]
  chosen: readonly string[]
  onChoose: (chosen: readonly string[]) => void
}

function Scopes({ scopes, chosen, onChoose }: ScopesProps) {
  const { t } = useWords()
  const choose = (scope: string, isChosen: boolean) =>
    onChoose(isChosen ? [...chosen, scope] : chosen.filter((each) => each !== scope))
  return (
    <fieldset>
      <legend>{t(text.scopes)}</legend>
      {scopes.map((scope) => (
        <label key={scope} className="tick">
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={(event) => choose(scope, event.target.checked)}
          />
          <code>{scope}</code>
        </label>
      ))}
    </fieldset>
  )
}
