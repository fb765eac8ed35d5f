/** EAB credentials: what subscribers need to register an ACME account. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { ListPage } from '../../ui/list-page.js'
import { Badge } from '../../ui/state.js'
import { SubscriberFacts } from '../../ui/subscriber.js'
import type { Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { MakeEab } from './make.js'

type Credential = Schemas['EabCredential']

const page = {
  title: { ja: 'EAB（ACMEの利用資格）', en: 'EAB credentials' },
  none: { ja: 'EABはまだありません。', en: 'There is no EAB credential yet.' },
}

const text = {
  make: { ja: '新しいEAB…', en: 'New EAB…' },
  subscriber: { ja: '利用管理者', en: 'Subscriber' },
  names: { ja: '承認済みの名前', en: 'Approved names' },
  state: { ja: '状態', en: 'State' },
  created: { ja: '作成', en: 'Made' },
  expires: { ja: '期限', en: 'Until' },
  revoke: { ja: '無効化…', en: 'Revoke…' },
  revokeTitle: { ja: 'このEABを無効にしますか', en: 'Revoke this EAB credential?' },
  revokeEffect: {
    ja: '以後、このEABではアカウントを作れません。元に戻せません。',
    en: 'No account can be made with it any more. This cannot be undone.',
  },
  revokeAct: { ja: '無効にする', en: 'Revoke' },
  endApproval: {
    ja: '承認も終える（このEABで作ったアカウントは新しい証明書を申請できなくなります）',
    en: 'End the approval too: accounts made with it can order no more',
  },
  revoked: { ja: '無効', en: 'Revoked' },
  ended: { ja: '承認終了', en: 'Approval ended' },
  expired: { ja: '期限切れ', en: 'Expired' },
  used: { ja: '使用済', en: 'Used' },
  fresh: { ja: '未使用', en: 'Unused' },
  reusable: { ja: '再利用可', en: 'Reusable' },
}

export function EabPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const query = useList<Credential>(['eab'], async (after) => {
    const params = { query: { limit: 50, after } }
    const { credentials: rows, next } = await unwrap(api.GET('/v1/eab-credentials', { params }))
    return { rows, next }
  })
  const [isMaking, setIsMaking] = useState(false)
  const [ending, setEnding] = useState<Credential>()
  const columns: Column<Credential>[] = [
    { title: t(text.subscriber), cell: ({ subscriber }) => <SubscriberFacts {...subscriber} /> },
    {
      title: t(text.names),
      cell: ({ names }) => <span className="value">{names.join('\n')}</span>,
      kind: 'wide',
    },
    { title: t(text.state), cell: (row) => <State credential={row} /> },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: t(text.expires), cell: ({ expiresAt }) => <Time at={expiresAt} dayOnly /> },
  ]
  return (
    <ListPage
      {...{ ...page, query, columns }}
      keyOf={({ kid }) => kid}
      mayChange={may(operator, 'eab:write')}
      make={{ name: text.make, run: () => setIsMaking(true) }}
      actsOf={(row) => (row.revokedAt ? [] : [{ name: text.revoke, run: () => setEnding(row) }])}
    >
      {isMaking && <MakeEab onClose={() => setIsMaking(false)} />}
      {ending && <RevokeEab credential={ending} onClose={() => setEnding(undefined)} />}
    </ListPage>
  )
}

const hasPassed = (at: string | null): boolean => at !== null && new Date(at) < new Date()

function State({ credential }: { credential: Credential }) {
  const { t } = useWords()
  const { revokedAt, approvalEndedAt, expiresAt, usedAt, reusable } = credential
  if (approvalEndedAt) return <Badge tone="over">{t(text.ended)}</Badge>
  if (revokedAt) return <Badge tone="over">{t(text.revoked)}</Badge>
  if (hasPassed(expiresAt)) return <Badge tone="over">{t(text.expired)}</Badge>
  if (reusable) return <Badge tone="good">{t(text.reusable)}</Badge>
  return usedAt ? <Badge tone="over">{t(text.used)}</Badge> : <Badge tone="good">{t(text.fresh)}</Badge>
}

function RevokeEab({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const { t } = useWords()
  const [endApproval, setEndApproval] = useState(false)
  const params = { path: { kid: credential.kid } }
  return (
    <Ask
      title={t(text.revokeTitle)}
      act={t(text.revokeAct)}
      isDanger
      work={() => unwrap(api.POST('/v1/eab-credentials/{kid}/revoke', { params, body: { endApproval } }))}
      onClose={onClose}
    >
      <SubscriberFacts {...credential.subscriber} />
      <p className="value">{credential.names.join('\n')}</p>
      <p>{t(text.revokeEffect)}</p>
      <label className="tick">
        <input
          type="checkbox"
          checked={endApproval}
          onChange={(event) => setEndApproval(event.target.checked)}
        />
        {t(text.endApproval)}
      </label>
    </Ask>
  )
}
