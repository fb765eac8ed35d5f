/** New applications: a form for one, or a file with many; both are checked before anything is stored. */
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { useWords } from '../../i18n/language.js'
import { Page } from '../../ui/page.js'
import type { Kind } from './check.js'
import { type Draft, fieldsOf } from './draft.js'
import { DropZone } from './drop.js'
import { FileCheck } from './file-check.js'
import { ApplicationForm } from './form.js'
import { readKind } from './kind-choice.js'

const text = { title: { ja: '新しい申請', en: 'New application' } }

/** A link may fill the form in: renewing and revoking start from a certificate. */
function useStart(): { kind: Kind; draft: Draft } {
  const [search] = useSearchParams()
  const kind = readKind(search.get('kind'))
  const values = fieldsOf(kind).map(({ field }) => [field, search.get(field) ?? ''])
  return { kind, draft: Object.fromEntries(values) as Draft }
}

const csrPem = /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[^-]+-----END (NEW )?CERTIFICATE REQUEST-----/

export function NewApplication() {
  const { t } = useWords()
  const start = useStart()
  const [kind, setKind] = useState(start.kind)
  const [draft, setDraft] = useState(start.draft)
  const [file, setFile] = useState<File>()
  const take = async (dropped: File) => {
    // A CSR is a few kilobytes; the beginning tells.
    const csr = csrPem.exec(await dropped.slice(0, 20_000).text())?.[0]
    if (csr === undefined) return setFile(dropped)
    setFile(undefined)
    setDraft((before) => ({ ...before, csr }))
  }
  return (
    <Page title={t(text.title)}>
      <DropZone onFile={(dropped) => void take(dropped)}>
        {file ? (
          <FileCheck
            key={`${file.name} ${file.lastModified}`}
            file={file}
            onClose={() => setFile(undefined)}
          />
        ) : (
          <ApplicationForm kind={kind} draft={draft} onKind={setKind} onDraft={setDraft} />
        )}
      </DropZone>
    </Page>
  )
}
