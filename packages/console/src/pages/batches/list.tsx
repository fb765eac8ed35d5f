/** Files for the issuance system. */
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { kindTitle } from '../../ui/kinds.js'
import { List } from '../../ui/list.js'
import { Page } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
import { GiveReport } from './report.js'
import { batchStates } from './words.js'

const text = {
  title: { ja: 'ファイル（TSV）', en: 'Files (TSV)' },
  none: { ja: 'ファイルはまだありません。', en: 'There is no file yet.' },
  file: { ja: 'ファイル', en: 'File' },
  state: { ja: '状態', en: 'State' },
  kind: { ja: '種類', en: 'Kind' },
  rows: { ja: '件数', en: 'Rows' },
  sealed: { ja: '作成', en: 'Sealed' },
}

export function BatchList({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const query = useList<Schemas['Batch']>(
    ['batches'],
    async (after) => {
      const { batches: rows, next } = await unwrap(api.GET('/v1/batches', { params: { query: { after } } }))
      return { rows, next }
    },
    true,
  )
  return (
    <Page title={t(text.title)}>
      {may(operator, 'batches:write') && <GiveReport />}
      <List
        query={query}
        label={t(text.title)}
        none={t(text.none)}
        keyOf={({ id }) => id}
        columns={[
          {
            title: t(text.file),
            kind: 'wide',
            cell: ({ id, fileName }) => <Link href={`/batches/${id}`}>{fileName}</Link>,
          },
          {
            title: t(text.state),
            cell: ({ state }) => <Badge tone={batchStates[state].tone}>{t(batchStates[state].name)}</Badge>,
          },
          { title: t(text.kind), cell: ({ kind }) => t(kindTitle(kind)) },
          { title: t(text.rows), cell: ({ rowCount }) => rowCount, kind: 'number' },
          { title: t(text.sealed), cell: ({ sealedAt }) => <Time at={sealedAt} /> },
        ]}
      />
    </Page>
  )
}
