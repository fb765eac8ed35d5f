import { useWords } from '../i18n/language.js'
import { Dialog } from './dialog.js'
import { Secret } from './secret.js'

const text = { close: { ja: '閉じる', en: 'Close' } }

interface ShownOnceProps {
  title: string
  /** That it is not shown again, and what to do with it. */
  notice: string
  /** What it is called. */
  what: string
  value: string
  onClose: () => void
}

/** A secret that was just made: the gateway keeps no more than its hash, or keeps it sealed. */
export function ShownOnce({ title, notice, what, value, onClose }: ShownOnceProps) {
  const { t } = useWords()
  return (
    <Dialog title={title} act={t(text.close)} onAct={onClose} onClose={onClose}>
      <p className="notice">{notice}</p>
      <p>
        <Secret value={value} what={what} />
      </p>
    </Dialog>
  )
}
