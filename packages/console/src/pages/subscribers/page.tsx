/** Who answers for servers (利用管理者). */
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import type { Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { FormDialog, type FormField, type Values } from '../../ui/form-dialog.js'
import { ListPage } from '../../ui/list-page.js'
import { type Column } from '../../ui/table.js'

type Subscriber = Schemas['StoredSubscriber']

const page = {
  title: { ja: '利用管理者', en: 'Subscribers' },
  search: { ja: '名前・メールから検索', en: 'Search names and addresses' },
  none: { ja: '条件に合う利用管理者はいません。', en: 'No subscriber matches.' },
}

const text = {
  name: { ja: '氏名', en: 'Name' },
  email: { ja: 'メール', en: 'E-mail' },
  department: { ja: '所属', en: 'Department' },
  note: { ja: 'メモ', en: 'Note' },
  applications: { ja: '申請', en: 'Applications' },
  see: { ja: '申請を見る', en: 'See them' },
  make: { ja: '新しい利用管理者…', en: 'New subscriber…' },
  edit: { ja: '変更…', en: 'Change…' },
  makeTitle: { ja: '新しい利用管理者', en: 'New subscriber' },
  editTitle: { ja: '利用管理者の変更', en: 'Change the subscriber' },
  effect: {
    ja: 'これまでの申請と承認は、作られたときのまま変わりません。',
    en: 'Applications and approvals keep what they were made with.',
  },
  save: { ja: '保存する', en: 'Save' },
}

const fields: readonly FormField[] = [
  { name: 'email', label: text.email, type: 'email', maxLength: 254, isRequired: true },
  { name: 'name', label: text.name, maxLength: 100 },
  { name: 'department', label: text.department, maxLength: 100 },
  { name: 'note', label: text.note, maxLength: 100 },
]

const toInput = ({ email = '', name, department, note }: Values): Schemas['SubscriberInput'] => ({
  email,
  name: name || null,
  department: department || null,
  note: note || null,
})

const valuesOf = ({ email, name, department, note }: Subscriber): Values => ({
  email,
  name: name ?? '',
  department: department ?? '',
  note: note ?? '',
})

function useSubscribers(q: string) {
  return useList<Subscriber>(['subscribers', q], async (after) => {
    const query = { ...(q && { q }), after }
    const { subscribers: rows, next } = await unwrap(api.GET('/v1/subscribers', { params: { query } }))
    return { rows, next }
  })
}

export function SubscribersPage({ operator }: { operator: Operator }) {
  const { t } = useWords()
  const [search] = useSearchParams()
  const query = useSubscribers((search.get('q') ?? '').trim())
  const [editing, setEditing] = useState<Subscriber | 'new'>()
  const mayChange = operator.scopes.includes('subscribers:write')
  const columns: Column<Subscriber>[] = [
    { title: t(text.email), cell: ({ email }) => <span className="hash">{email}</span> },
    { title: t(text.name), cell: ({ name }) => name ?? '–' },
    { title: t(text.department), cell: ({ department }) => department ?? '–' },
    { title: t(text.note), kind: 'wide', cell: ({ note }) => note ?? '–' },
    {
      title: t(text.applications),
      cell: ({ email }) => (
        <Link
          href={`/applications?${new URLSearchParams({ q: email })}`}
          aria-label={`${t(text.see)}: ${email}`}
        >
          {t(text.see)}
        </Link>
      ),
    },
  ]
  return (
    <ListPage
      {...{ ...page, query, columns, mayChange }}
      keyOf={({ id }) => id}
      make={{ name: text.make, run: () => setEditing('new') }}
      actsOf={(row) => [{ name: text.edit, run: () => setEditing(row) }]}
    >
      {editing && (
        <Edit subscriber={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </ListPage>
  )
}

function Edit({ subscriber, onClose }: { subscriber: Subscriber | undefined; onClose: () => void }) {
  const { t } = useWords()
  const save = (values: Values) => {
    const body = toInput(values)
    if (!subscriber) return unwrap(api.POST('/v1/subscribers', { body }))
    return unwrap(api.PATCH('/v1/subscribers/{id}', { params: { path: { id: subscriber.id } }, body }))
  }
  return (
    <FormDialog
      title={t(subscriber ? text.editTitle : text.makeTitle)}
      act={t(text.save)}
      fields={fields}
      initial={subscriber && valuesOf(subscriber)}
      work={save}
      onClose={onClose}
    >
      {subscriber && <p>{t(text.effect)}</p>}
    </FormDialog>
  )
}
