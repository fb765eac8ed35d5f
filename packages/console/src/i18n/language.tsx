/** Japanese or English: the reader's choice, kept in the browser, first taken from its languages. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'

export type Language = 'ja' | 'en'

export type Bilingual = Readonly<Record<Language, string>>

/** English tells one from many; Japanese counts both alike. Each has `{count}`. */
export type Counted = Bilingual & { one: string }

interface Words {
  language: Language
  setLanguage: (language: Language) => void
  /** The text in the reader's language, `{name}` replaced by values. */
  t: (text: Bilingual, values?: Readonly<Record<string, string | number>>) => string
  /** The text for so many. */
  n: (text: Counted, count: number) => string
}

const STORAGE_KEY = 'upki-language'

const isLanguage = (value: unknown): value is Language => value === 'ja' || value === 'en'

/** Japanese unless the reader, or else the browser, says English first. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(STORAGE_KEY)
  if (isLanguage(kept)) return kept
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? 'ja'
}

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))

const Context = createContext<Words | undefined>(undefined)

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
    localStorage.setItem(STORAGE_KEY, language)
  }, [language])
  const words = useMemo<Words>(
    () => ({
      language,
      setLanguage,
      t: (text, values = {}) => fill(text[language], values),
      n: (text, count) => fill(language === 'en' && count === 1 ? text.one : text[language], { count }),
    }),
    [language],
  )
  return <Context value={words}>{children}</Context>
}

export function useWords(): Words {
  const words = useContext(Context)
  if (!words) throw new Error('useWords was called outside LanguageProvider')
  return words
}
