/** Departments: whose approvers decide about which names. */
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useList } from '../../api/lists.js'
import { useWords } from '../../i18n/language.js'
import { useActsColumn } from '../../ui/acts.js'
import { Ask } from '../../ui/ask.js'
import { FormDialog, type FormField, namesOf, type Values } from '../../ui/form-dialog.js'
import { List } from '../../ui/list.js'
import { namesHint } from '../../ui/names-hint.js'
import { Section } from '../../ui/page.js'
import type { Column } from '../../ui/table.js'

type Department = Schemas['Department']

const text = {
  departments: { ja: '部局', en: 'Departments' },
  none: { ja: '部局はありません。', en: 'There is no department.' },
  name: { ja: '名前', en: 'Name' },
  names: { ja: 'ホスト名の範囲', en: 'Host names' },
  make: { ja: '新しい部局…', en: 'New department…' },
  edit: { ja: '変更…', en: 'Change…' },
  remove: { ja: '削除…', en: 'Delete…' },
  makeTitle: { ja: '新しい部局', en: 'New department' },
  editTitle: { ja: '部局の変更', en: 'Change the department' },
  effect: {
    ja: 'この部局の承認者は、ここに挙げた名前の申請だけを見て、決めます。',
    en: 'Approvers of the department see and decide only applications for these names.',
  },
  save: { ja: '保存する', en: 'Save' },
  removeTitle: { ja: '{name}を削除しますか', en: 'Delete {name}?' },
  removeEffect: {
    ja: '所属する担当者がいると削除できません。証明書と申請はそのまま残ります。',
    en: 'It cannot be deleted while operators belong to it. Certificates and applications stay.',
  },
  removeAct: { ja: '削除する', en: 'Delete' },
}

const fields: readonly FormField[] = [
  { name: 'name', label: text.name, maxLength: 100, isRequired: true },
  {
    name: 'names',
    label: text.names,
    hint: namesHint,
    rows: 4,
    mono: true,
    isRequired: true,
  },
]

const toInput = ({ name = '', names }: Values) => ({ name, names: namesOf(names) })

type Doing = { what: 'make' } | { what: 'edit' | 'remove'; department: Department }

export function Departments({ mayChange }: { mayChange: boolean }) {
  const { t } = useWords()
  const [doing, setDoing] = useState<Doing>()
  const query = useList<Department>(['departments'], async (after) => {
    const { departments: rows, next } = await unwrap(
      api.GET('/v1/departments', { params: { query: { after } } }),
    )
    return { rows, next }
  })
  const columns: Column<Department>[] = [
    { title: t(text.name), cell: ({ name }) => name },
    {
      title: t(text.names),
      kind: 'wide',
      cell: ({ names }) => <span className="value">{names.join('\n')}</span>,
    },
  ]
  const acts = useActsColumn<Department>((department) => [
    { name: text.edit, run: () => setDoing({ what: 'edit', department }) },
    { name: text.remove, run: () => setDoing({ what: 'remove', department }) },
  ])
  return (
    <Section
      title={t(text.departments)}
      actions={
        mayChange && (
          <button type="button" onClick={() => setDoing({ what: 'make' })}>
            {t(text.make)}
          </button>
        )
      }
    >
      <List
        query={query}
        label={t(text.departments)}
        none={t(text.none)}
        keyOf={({ id }) => id}
        columns={mayChange ? [...columns, acts] : columns}
      />
      {doing && <DepartmentDialog doing={doing} onClose={() => setDoing(undefined)} />}
    </Section>
  )
}

function DepartmentDialog({ doing, onClose }: { doing: Doing; onClose: () => void }) {
  const { t } = useWords()
  if (doing.what === 'remove') return <Remove department={doing.department} onClose={onClose} />
  const department = doing.what === 'edit' ? doing.department : undefined
  const save = (values: Values) => {
    const body = toInput(values)
    if (!department) return unwrap(api.POST('/v1/departments', { body }))
    return unwrap(api.PATCH('/v1/departments/{id}', { params: { path: { id: department.id } }, body }))
  }
  return (
    <FormDialog
      title={t(department ? text.editTitle : text.makeTitle)}
      act={t(text.save)}
      fields={fields}
      initial={department && { name: department.name, names: department.names.join('\n') }}
      work={save}
      onClose={onClose}
    >
      <p>{t(text.effect)}</p>
    </FormDialog>
  )
}

function Remove({ department: { id, name }, onClose }: { department: Department; onClose: () => void }) {
  const { t } = useWords()
  return (
    <Ask
      title={t(text.removeTitle, { name })}
      act={t(text.removeAct)}
      isDanger
      work={() => unwrap(api.DELETE('/v1/departments/{id}', { params: { path: { id } } }))}
      onClose={onClose}
    >
      <p>{t(text.removeEffect)}</p>
    </Ask>
  )
}
