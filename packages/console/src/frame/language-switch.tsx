import { useWords } from '../i18n/language.js'

/** Names the other language in itself, as its reader would look for it. */
export function LanguageSwitch() {
  const { language, setLanguage } = useWords()
  const other = language === 'ja' ? 'en' : 'ja'
  return (
    <button type="button" className="quiet small" lang={other} onClick={() => setLanguage(other)}>
      {other === 'ja' ? '日本語' : 'English'}
    </button>
  )
}
