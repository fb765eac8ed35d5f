import { useState } from 'react'
import { useWords } from '../i18n/language.js'

const text = {
  copy: { ja: 'コピー', en: 'Copy' },
  copied: { ja: 'コピーしました', en: 'Copied' },
  failed: { ja: 'コピーできません', en: 'Could not copy' },
}

/** @param what names the value to those who do not see it beside the button */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const { t } = useWords()
  const [outcome, setOutcome] = useState<'copied' | 'failed'>()
  const copy = () =>
    void navigator.clipboard.writeText(value).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    )
  return (
    <button type="button" className="quiet small" onClick={copy} onBlur={() => setOutcome(undefined)}>
      <span aria-live="polite">{t(text[outcome ?? 'copy'])}</span>
      <span className="unseen"> {what}</span>
    </button>
  )
}
