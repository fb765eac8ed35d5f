/** Times in the reader's zone; the exact one is in the title and for machines in `datetime`. */
import { useWords } from '../i18n/language.js'

const locales = { ja: 'ja-JP', en: 'en-GB' }

export function useDates() {
  const { language } = useWords()
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locales[language], options)
  const day = format({ year: 'numeric', month: '2-digit', day: '2-digit' })
  const minute = format({
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const exact = format({ dateStyle: 'full', timeStyle: 'long' })
  return {
    day: (at: string) => day.format(new Date(at)),
    minute: (at: string) => minute.format(new Date(at)),
    exact: (at: string) => exact.format(new Date(at)),
  }
}

export function Time({ at, dayOnly = false }: { at: string | null | undefined; dayOnly?: boolean }) {
  const dates = useDates()
  if (!at) return <>–</>
  return (
    <time dateTime={at} title={dates.exact(at)}>
      {dayOnly ? dates.day(at) : dates.minute(at)}
    </time>
  )
}
