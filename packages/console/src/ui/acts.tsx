/** What may be done with the rows of a list: a column of buttons. */
import { type Bilingual, useWords } from '../i18n/language.js'
import type { Column } from './table.js'

export interface Act {
  name: Bilingual
  run: () => void
}

const text = { act: { ja: '操作', en: 'Act' } }

/** @param actsOf a row; none for one with which nothing can be done */
export function useActsColumn<T>(actsOf: (row: T) => readonly Act[]): Column<T> {
  const { t } = useWords()
  const cell = (row: T) => {
    const acts = actsOf(row)
    return acts.length > 0 && <Acts acts={acts} />
  }
  return { title: t(text.act), kind: 'act', cell }
}

function Acts({ acts }: { acts: readonly Act[] }) {
  const { t } = useWords()
  return (
    <div className="actions">
      {acts.map(({ name, run }) => (
        <button key={name.en} type="button" className="small" onClick={run}>
          {t(name)}
        </button>
      ))}
    </div>
  )
}
