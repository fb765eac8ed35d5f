/** The applications in a file, row by row. */
import { Link } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Section } from '../../ui/page.js'
import { ApplicationBadge } from '../../ui/state.js'
import { Table } from '../../ui/table.js'

const text = {
  title: { ja: 'このファイルの申請', en: 'Applications in it' },
  row: { ja: '行', en: 'Row' },
  name: { ja: '対象', en: 'For' },
  state: { ja: '状態', en: 'State' },
}

export function BatchRows({ rows }: { rows: Schemas['BatchWithRows']['rows'] }) {
  const { t } = useWords()
  return (
    <Section title={t(text.title)}>
      <Table
        label={t(text.title)}
        rows={rows}
        keyOf={({ application }) => application}
        columns={[
          { title: t(text.row), kind: 'number', cell: ({ row }) => row },
          {
            title: t(text.name),
            kind: 'wide',
            cell: ({ application, commonName }) => (
              <Link href={`/applications/${application}`}>{commonName ?? application}</Link>
            ),
          },
          { title: t(text.state), cell: ({ state }) => <ApplicationBadge state={state} /> },
        ]}
      />
    </Section>
  )
}
