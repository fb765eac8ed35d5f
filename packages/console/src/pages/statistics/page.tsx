/** Figures by month, and the file for the yearly report. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { useAct } from '../../ui/act.js'
import { download } from '../../ui/download.js'
import { Shown } from '../../ui/outcome.js'
import { Page } from '../../ui/page.js'
import { Table } from '../../ui/table.js'
import { Issuers } from './issuers.js'

const text = {
  title: { ja: '統計', en: 'Statistics' },
  export: { ja: 'CSVをダウンロード', en: 'Download CSV' },
  month: { ja: '月', en: 'Month' },
  issued: { ja: '発行', en: 'Issued' },
  revoked: { ja: '失効', en: 'Revoked' },
  expiring: { ja: '満了', en: 'Ending' },
  valid: { ja: '有効（月末）', en: 'Valid (end of month)' },
  median: { ja: '発行までの時間（中央値）', en: 'Time to issue (median)' },
  minutes: { ja: '{minutes}分', en: '{minutes} min' },
}

async function exportCsv(): Promise<void> {
  const answer = api.GET('/v1/statistics', { headers: { Accept: 'text/csv' }, parseAs: 'text' })
  download('statistics.csv', String(await unwrap<unknown>(answer)), 'text/csv')
}

export function StatisticsPage() {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['statistics'],
    // The contract offers CSV as well, to those who ask for it.
    queryFn: async () =>
      (await unwrap(api.GET('/v1/statistics'))) as { months: Schemas['MonthOfStatistics'][] },
  })
  const saving = useAct(exportCsv)
  const minutes = (seconds: number | null) =>
    seconds === null ? '–' : t(text.minutes, { minutes: (seconds / 60).toFixed(1) })
  return (
    <Page
      title={t(text.title)}
      actions={
        <button type="button" onClick={() => saving.run(undefined)}>
          {t(text.export)}
        </button>
      }
    >
      {saving.failure}
      <Shown query={query}>
        {({ months }) => (
          <Table
            label={t(text.title)}
            rows={months}
            keyOf={({ month }) => month}
            columns={[
              { title: t(text.month), cell: ({ month }) => month },
              { title: t(text.issued), cell: ({ issued }) => issued, kind: 'number' },
              { title: t(text.revoked), cell: ({ revoked }) => revoked, kind: 'number' },
              { title: t(text.expiring), cell: ({ expiring }) => expiring, kind: 'number' },
              { title: t(text.valid), cell: ({ valid }) => valid, kind: 'number' },
              { title: t(text.median), cell: (row) => minutes(row.medianSecondsToIssue), kind: 'number' },
            ]}
          />
        )}
      </Shown>
      <Issuers />
    </Page>
  )
}
