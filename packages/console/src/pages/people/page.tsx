/** Who may act for the organisation, and as what. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator as Me } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Ask } from '../../ui/ask.js'
import { ListPage } from '../../ui/list-page.js'
import { Badge } from '../../ui/state.js'
import { type Column } from '../../ui/table.js'
import { Time } from '../../ui/time.js'
import { EditOperator } from './edit.js'
import { roles } from './roles.js'

type Operator = Schemas['Operator']

const page = {
  title: { ja: '登録担当者', en: 'Operators' },
  none: { ja: 'まだいません。', en: 'There is none yet.' },
}

const text = {
  name: { ja: '名前', en: 'Name' },
  email: { ja: 'メール', en: 'E-mail' },
  role: { ja: '役割', en: 'Role' },
  state: { ja: '状態', en: 'State' },
  active: { ja: '有効', en: 'Active' },
  disabled: { ja: '停止', en: 'Disabled' },
  created: { ja: '登録', en: 'Entered' },
  make: { ja: '新しい担当者…', en: 'New operator…' },
  edit: { ja: '変更…', en: 'Change…' },
  disable: { ja: '停止…', en: 'Disable…' },
  enable: { ja: '再開…', en: 'Enable…' },
  disableTitle: { ja: '{name}を停止しますか', en: 'Disable {name}?' },
  disableEffect: {
    ja: 'この担当者のセッションとトークンは、直ちに使えなくなります。あとで再開できます。',
    en: 'His sessions and tokens are refused at once. He can be enabled again.',
  },
  disableAct: { ja: '停止する', en: 'Disable' },
  enableTitle: { ja: '{name}を再開しますか', en: 'Enable {name}?' },
  enableEffect: {
    ja: 'サインインできるようになり、期限の残るトークンも使えるようになります。',
    en: 'He can sign in again, and tokens of his that have not ended work again.',
  },
  enableAct: { ja: '再開する', en: 'Enable' },
}

type Doing = { what: 'make' } | { what: 'edit' | 'switch'; operator: Operator }

export function PeoplePage({ operator: me }: { operator: Me }) {
  const { t } = useWords()
  const [doing, setDoing] = useState<Doing>()
  const mayChange = me.scopes.includes('admin')
  const query = useList<Operator>(['operators'], async (after) => {
    const { operators: rows, next } = await unwrap(api.GET('/v1/operators', { params: { query: { after } } }))
    return { rows, next }
  })
  const columns: Column<Operator>[] = [
    { title: t(text.name), cell: ({ displayName }) => displayName },
    { title: t(text.email), kind: 'wide', cell: ({ email }) => <span className="hash">{email ?? '–'}</span> },
    { title: t(text.role), cell: ({ role }) => t(roles[role]) },
    {
      title: t(text.state),
      cell: ({ disabledAt }) => (
        <Badge tone={disabledAt ? 'over' : 'good'}>{t(disabledAt ? text.disabled : text.active)}</Badge>
      ),
    },
    { title: t(text.created), cell: ({ createdAt }) => <Time at={createdAt} dayOnly /> },
  ]
  const close = () => setDoing(undefined)
  return (
    <ListPage
      {...{ ...page, query, columns, mayChange }}
      keyOf={({ id }) => id}
      make={{ name: text.make, run: () => setDoing({ what: 'make' }) }}
      actsOf={(operator) => [
        { name: text.edit, run: () => setDoing({ what: 'edit', operator }) },
        {
          name: operator.disabledAt ? text.enable : text.disable,
          run: () => setDoing({ what: 'switch', operator }),
        },
      ]}
    >
      {doing?.what === 'switch' && <SwitchOperator operator={doing.operator} onClose={close} />}
      {doing?.what === 'make' && <EditOperator onClose={close} />}
      {doing?.what === 'edit' && <EditOperator operator={doing.operator} onClose={close} />}
    </ListPage>
  )
}

function SwitchOperator({ operator, onClose }: { operator: Operator; onClose: () => void }) {
  const { t } = useWords()
  const { id, displayName: name, disabledAt } = operator
  const disabled = disabledAt === null
  const params = { path: { id } }
  return (
    <Ask
      title={t(disabled ? text.disableTitle : text.enableTitle, { name })}
      act={t(disabled ? text.disableAct : text.enableAct)}
      isDanger={disabled}
      work={() => unwrap(api.PATCH('/v1/operators/{id}', { params, body: { disabled } }))}
      onClose={onClose}
    >
      <p>{t(disabled ? text.disableEffect : text.enableEffect)}</p>
    </Ask>
  )
}
