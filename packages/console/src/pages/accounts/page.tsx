/** ACME accounts: who registered one, with what, and an end to it. */
import { useState } from 'react'
import { Link } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { ListPage } from '../../ui/list-page.js'
import type { Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { EndAccount } from './end.js'
import { AccountBadge, contactsOf } from './words.js'

type Account = Schemas['AcmeAccount']

const page = {
  title: { ja: 'ACMEアカウント', en: 'ACME accounts' },
  intro: {
    ja: 'ACMEクライアントが登録したアカウントです。',
    en: 'What ACME clients have registered.',
  },
  none: { ja: 'アカウントはまだありません。', en: 'There is no account yet.' },
}

const text = {
  contact: { ja: '連絡先', en: 'Contact' },
  organisation: { ja: '機関', en: 'Organisation' },
  state: { ja: '状態', en: 'State' },
  created: { ja: '登録', en: 'Registered' },
  seen: { ja: '最後の利用', en: 'Last used' },
  end: { ja: '停止…', en: 'Deactivate…' },
}

export function AccountsPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [ending, setEnding] = useState<Account>()
  const query = useList<Account>(['accounts'], async (after) => {
    const { accounts: rows, next } = await unwrap(
      api.GET('/v1/acme-accounts', { params: { query: { after } } }),
    )
    return { rows, next }
  })
  const columns: Column<Account>[] = [
    {
      title: t(text.contact),
      kind: 'wide',
      cell: (account) => <Link href={`/accounts/${account.id}`}>{contactsOf(account)}</Link>,
    },
    { title: t(text.organisation), cell: ({ organisation }) => organisation },
    { title: t(text.state), cell: ({ status }) => <AccountBadge status={status} /> },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} dayOnly /> },
    { title: t(text.seen), cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  ]
  return (
    <ListPage
      {...{ ...page, query, columns }}
      keyOf={({ id }) => id}
      mayChange={operator.scopes.includes('accounts:write')}
      actsOf={(account) =>
        account.status === 'valid' ? [{ name: text.end, run: () => setEnding(account) }] : []
      }
    >
      {ending && <EndAccount account={ending} onClose={() => setEnding(undefined)} />}
    </ListPage>
  )
}
