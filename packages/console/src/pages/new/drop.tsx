/** Takes files: dropped anywhere on the page, or chosen. */
import { type DragEvent, type ReactNode, useId, useState } from 'react'
import { useWords } from '../../i18n/language.js'

const text = {
  hint: {
    ja: 'CSR、またはCSV・Excelから保存したCSV・XML・TSV・JSONのファイルを、ここに置くか選んでください。',
    en: 'Drop a CSR, or a CSV, Excel-CSV, XML, TSV or JSON file here, or choose one.',
  },
  choose: { ja: 'ファイルを選ぶ', en: 'Choose a file' },
}

export function DropZone({ onFile, children }: { onFile: (file: File) => void; children: ReactNode }) {
  const { t } = useWords()
  const id = useId()
  const [isOver, setIsOver] = useState(false)
  const take = (files: FileList | null) => {
    const [file] = files ?? []
    if (file) onFile(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    take(event.dataTransfer.files)
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(true)
  }
  return (
    <div onDrop={drop} onDragOver={over} onDragLeave={() => setIsOver(false)}>
      <div className={isOver ? 'drop over' : 'drop'}>
        <p>{t(text.hint)}</p>
        <label className="button" htmlFor={id}>
          {t(text.choose)}
        </label>
        <input
          id={id}
          type="file"
          className="unseen"
          onChange={(event) => {
            take(event.target.files)
            // The same file, corrected, may be chosen again.
            event.target.value = ''
          }}
        />
      </div>
      {children}
    </div>
  )
}
