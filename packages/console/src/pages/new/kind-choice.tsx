import { useWords } from '../../i18n/language.js'
import { Choice } from '../../ui/field.js'
import { kindOptions } from '../../ui/kinds.js'
import type { Kind } from './check.js'

const text = {
  kind: { ja: '申請の種類', en: 'Kind of application' },
  server: {
    ja: 'サーバ証明書（発行か更新かは自動で判断）',
    en: 'server certificate (issue or renewal is decided for you)',
  },
}

/** Not offered where it is not published: the check refuses it unless configured. */
const isOffered = (kind: string): boolean => kind !== 'subscriber-update'

export const readKind = (kind: string | null): Kind =>
  kindOptions.find((option) => option.kind === kind)?.kind ?? 'server'

export function KindChoice({ kind, onKind }: { kind: Kind; onKind: (kind: Kind) => void }) {
  const { t } = useWords()
  const options = [
    { value: 'server', label: t(text.server) },
    ...kindOptions
      .filter((option) => isOffered(option.kind))
      .map((option) => ({ value: option.kind, label: t(option.title) })),
  ]
  return (
    <Choice
      label={t(text.kind)}
      value={kind}
      options={options}
      onChange={(value) => onKind(readKind(value))}
    />
  )
}
