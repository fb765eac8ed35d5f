/** A question before something is done: the browser's own modal dialog, which keeps the focus and closes on Escape. */
import { type SubmitEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useWords } from '../i18n/language.js'

const text = { cancel: { ja: 'やめる', en: 'Cancel' } }

interface DialogProps {
  title: string
  /** What will happen. */
  children: ReactNode
  /** Words of the button that does it. */
  act: string
  isDanger?: boolean
  isBusy?: boolean
  /** Why it could not be done. */
  failure?: ReactNode
  onAct: () => void
  onClose: () => void
}

export function Dialog({ title, children, act, isDanger, isBusy, failure, onAct, onClose }: DialogProps) {
  const { t } = useWords()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  // While it is still on the page: only a dialog that is closed gives the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onAct()
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      // What is under way is not cancelled by looking away: its outcome is told here.
      onCancel={(event) => isBusy && event.preventDefault()}
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <h2 id={id}>{title}</h2>
        {children}
        {failure}
        <div className="actions end">
          <button type="button" disabled={isBusy} onClick={() => dialog.current?.close()}>
            {t(text.cancel)}
          </button>
          <button type="submit" className={isDanger ? 'danger' : 'primary'} disabled={isBusy}>
            {act}
          </button>
        </div>
      </form>
    </dialog>
  )
}
