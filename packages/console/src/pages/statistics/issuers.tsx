/** The CAs behind the certificates: how many hang on each, and when it or its cross certificate ends. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Empty, Shown } from '../../ui/outcome.js'
import { Section } from '../../ui/page.js'
import { Badge } from '../../ui/state.js'
import { Table } from '../../ui/table.js'
import { Time } from '../../ui/time.js'

type Issuer = Schemas['Issuer']

const text = {
  title: { ja: '発行認証局', en: 'Issuing CAs' },
  hint: {
    ja: '有効な証明書を発行した認証局と、その認証局証明書・相互認証証明書の有効期限です。',
    en: 'Who issued the certificates that are valid, and when their own certificates and cross certificates end.',
  },
  none: { ja: '有効な証明書はありません。', en: 'No certificate is valid.' },
  name: { ja: '認証局', en: 'CA' },
  valid: { ja: '有効な証明書', en: 'Valid certificates' },
  last: { ja: '最後の有効期限', en: 'The last of them ends' },
  chain: { ja: '認証局証明書の有効期限', en: 'Its certificates end' },
  unknown: { ja: '不明', en: 'unknown' },
  outlived: { ja: '証明書より先に終わる', en: 'Ends before certificates do' },
}

export function Issuers() {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['certificates', 'issuers'],
    queryFn: () => unwrap(api.GET('/v1/issuers')),
  })
  return (
    <Section title={t(text.title)}>
      <p className="hint">{t(text.hint)}</p>
      <Shown query={query}>
        {({ issuers }) => (issuers.length === 0 ? <Empty>{t(text.none)}</Empty> : <Rows issuers={issuers} />)}
      </Shown>
    </Section>
  )
}

const commonNameOf = (name: string): string => /(?:^|, *)CN=([^,]+)/.exec(name)?.[1] ?? name

function Rows({ issuers }: { issuers: readonly Issuer[] }) {
  const { t } = useWords()
  return (
    <Table
      label={t(text.title)}
      rows={issuers}
      keyOf={({ name }) => name ?? ''}
      columns={[
        {
          title: t(text.name),
          kind: 'wide',
          cell: ({ name }) =>
            name === null ? (
              t(text.unknown)
            ) : (
              <Link href={`/certificates?${new URLSearchParams({ issuer: commonNameOf(name) })}`}>
                {name}
              </Link>
            ),
        },
        { title: t(text.valid), kind: 'number', cell: ({ valid }) => valid },
        { title: t(text.last), cell: ({ lastEndsAt }) => <Time at={lastEndsAt} dayOnly /> },
        { title: t(text.chain), cell: (issuer) => <Chain issuer={issuer} /> },
      ]}
    />
  )
}

function Chain({ issuer: { chain, lastEndsAt } }: { issuer: Issuer }) {
  const { t } = useWords()
  if (chain.length === 0) return <>{t(text.unknown)}</>
  return (
    <ul className="plain">
      {chain.map(({ sha256, subject, issuer, notAfter }) => (
        <li key={sha256} title={`${subject} ← ${issuer}`}>
          {commonNameOf(subject)}: <Time at={notAfter} dayOnly />{' '}
          {notAfter < lastEndsAt && <Badge tone="bad">{t(text.outlived)}</Badge>}
        </li>
      ))}
    </ul>
  )
}
