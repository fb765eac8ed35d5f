/** Enters an operator, or changes one. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { FormDialog, type FormField, type Values } from '../../ui/form-dialog.js'
import { Failed } from '../../ui/outcome.js'
import { roles } from './roles.js'

type Operator = Schemas['Operator']

const text = {
  makeTitle: { ja: '新しい担当者', en: 'New operator' },
  editTitle: { ja: '担当者の変更', en: 'Change the operator' },
  effect: {
    ja: 'メールかクライアント証明書を変えると、この担当者のセッションは終わります。役割か部局を変えると、トークンでできることも変わります。',
    en: 'Another e-mail address or client certificate ends his sessions; another role or department changes what his tokens may do too.',
  },
  save: { ja: '保存する', en: 'Save' },
  none: { ja: '（なし）', en: '(none)' },
}

const fields: readonly FormField[] = [
  { name: 'displayName', label: { ja: '名前', en: 'Name' }, maxLength: 100, isRequired: true },
  { name: 'email', label: { ja: 'メール', en: 'E-mail' }, type: 'email', maxLength: 254 },
  {
    name: 'role',
    label: { ja: '役割', en: 'Role' },
    // The usual one first: nobody becomes an administrator by overlooking a field.
    options: (['operator', 'approver', 'auditor', 'portal', 'administrator'] as const).map((role) => ({
      value: role,
      label: roles[role],
    })),
  },
  {
    name: 'certificateSha256',
    label: { ja: 'クライアント証明書のSHA-256', en: 'SHA-256 of the client certificate' },
    hint: {
      ja: '16進。サインインに失敗した担当者の画面に表示されます。',
      en: 'Hexadecimal. Whoever fails to sign in with an unknown certificate is shown it.',
    },
    maxLength: 95,
    mono: true,
  },
]

const departmentField = (departments: readonly Schemas['Department'][]): FormField => ({
  name: 'department',
  label: { ja: '部局（見て決める範囲）', en: 'Department (what he sees and decides)' },
  options: [
    { value: '', label: text.none },
    ...departments.map(({ id, name }) => ({ value: id, label: { ja: name, en: name } })),
  ],
})

const toInput = ({ displayName = '', email, role, certificateSha256, department }: Values) => ({
  displayName,
  email: email || null,
  role: role as Schemas['Role'],
  certificateSha256: certificateSha256 || null,
  department: department || null,
})

const valuesOf = ({ displayName, email, role, certificateSha256, department }: Operator): Values => ({
  displayName,
  email: email ?? '',
  role,
  certificateSha256: certificateSha256 ?? '',
  department: department ?? '',
})

export function EditOperator({ operator, onClose }: { operator?: Operator; onClose: () => void }) {
  const { t } = useWords()
  const { data, error } = useQuery({
    queryKey: ['departments', 'all'],
    queryFn: () => unwrap(api.GET('/v1/departments', { params: { query: { limit: 200 } } })),
  })
  const save = (values: Values) => {
    const body = toInput(values)
    if (!operator) return unwrap(api.POST('/v1/operators', { body }))
    return unwrap(api.PATCH('/v1/operators/{id}', { params: { path: { id: operator.id } }, body }))
  }
  if (error) return <Failed error={error} />
  if (!data) return null
  return (
    <FormDialog
      title={t(operator ? text.editTitle : text.makeTitle)}
      act={t(text.save)}
      fields={[...fields, departmentField(data.departments)]}
      initial={operator && valuesOf(operator)}
      work={save}
      onClose={onClose}
    >
      {operator && <p>{t(text.effect)}</p>}
    </FormDialog>
  )
}
