/** Tokens of programs that call the REST API; a value is shown once. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { ListPage } from '../../ui/list-page.js'
import { Badge } from '../../ui/state.js'
import { type Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { MakeToken } from './make.js'

type Token = Schemas['Token']

const page = {
  title: { ja: 'トークン（APIの利用資格）', en: 'Tokens for the API' },
  none: { ja: 'トークンはまだありません。', en: 'There is no token yet.' },
}

const text = {
  name: { ja: '名前', en: 'Name' },
  scopes: { ja: 'できること', en: 'Scopes' },
  state: { ja: '状態', en: 'State' },
  live: { ja: '有効', en: 'Live' },
  revoked: { ja: '無効', en: 'Revoked' },
  expired: { ja: '期限切れ', en: 'Expired' },
  created: { ja: '作成', en: 'Made' },
  expires: { ja: '期限', en: 'Until' },
  make: { ja: '新しいトークン…', en: 'New token…' },
  revoke: { ja: '無効化…', en: 'Revoke…' },
  revokeTitle: { ja: '「{name}」を無効にしますか', en: 'Revoke “{name}”?' },
  revokeEffect: {
    ja: 'このトークンを使うプログラムは、直ちにAPIを利用できなくなります。元に戻せません。',
    en: 'Programs that use it are refused at once. This cannot be undone.',
  },
  revokeAct: { ja: '無効にする', en: 'Revoke' },
}

export function TokensPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [isMaking, setIsMaking] = useState(false)
  const [ending, setEnding] = useState<Token>()
  const mayChange = operator.scopes.includes('tokens:write')
  const query = useList<Token>(['tokens'], async (after) => {
    const { tokens: rows, next } = await unwrap(api.GET('/v1/tokens', { params: { query: { after } } }))
    return { rows, next }
  })
  /** Others' tokens are an administrator's to end. */
  const mayRevoke = (token: Token) =>
    token.revokedAt === null && (token.operator === operator.id || may(operator, 'admin'))
  const columns: Column<Token>[] = [
    { title: t(text.name), kind: 'wide', cell: ({ name }) => name },
    { title: t(text.scopes), cell: ({ scopes }) => <code className="value">{scopes.join('\n')}</code> },
    { title: t(text.state), cell: (token) => <State token={token} /> },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} dayOnly /> },
    { title: t(text.expires), cell: ({ expiresAt }) => <Time at={expiresAt} dayOnly /> },
  ]
  return (
    <ListPage
      {...{ ...page, query, columns, mayChange }}
      keyOf={({ id }) => id}
      make={{ name: text.make, run: () => setIsMaking(true) }}
      actsOf={(token) => (mayRevoke(token) ? [{ name: text.revoke, run: () => setEnding(token) }] : [])}
    >
      {isMaking && <MakeToken scopes={operator.scopes} onClose={() => setIsMaking(false)} />}
      {ending && <RevokeToken token={ending} onClose={() => setEnding(undefined)} />}
    </ListPage>
  )
}

function State({ token: { revokedAt, expiresAt } }: { token: Token }) {
  const { t } = useWords()
  if (revokedAt) return <Badge tone="over">{t(text.revoked)}</Badge>
  const isOver = expiresAt !== null && new Date(expiresAt) < new Date()
  return <Badge tone={isOver ? 'over' : 'good'}>{t(isOver ? text.expired : text.live)}</Badge>
}

function RevokeToken({ token: { id, name }, onClose }: { token: Token; onClose: () => void }) {
  const { t } = useWords()
  return (
    <Ask
      title={t(text.revokeTitle, { name })}
      act={t(text.revokeAct)}
      isDanger
      work={() => unwrap(api.POST('/v1/tokens/{id}/revoke', { params: { path: { id } } }))}
      onClose={onClose}
    >
      <p>{t(text.revokeEffect)}</p>
    </Ask>
  )
}
