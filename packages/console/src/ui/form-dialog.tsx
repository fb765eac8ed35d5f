/** A form in a dialog, from a list of its fields. */
import { type ReactNode, useState } from 'react'
import { type Bilingual, useWords } from '../i18n/language.js'
import { Ask } from './ask.js'
import { Choice, TextField } from './field.js'

export interface FormField {
  name: string
  label: Bilingual
  hint?: Bilingual
  type?: 'text' | 'email' | 'date'
  /** More than one line. */
  rows?: number
  maxLength?: number
  mono?: boolean
  isRequired?: boolean
  /** One of these, the first unless another is chosen. */
  options?: readonly { value: string; label: Bilingual }[]
  /** Any of these, all unless others are chosen; the value has spaces between them. */
  many?: readonly { value: string; label: Bilingual }[]
}

export type Values = Readonly<Record<string, string>>

interface FormDialogProps<Output> {
  title: string
  act: string
  isDanger?: boolean
  fields: readonly FormField[]
  /** Values to begin with. */
  initial?: Values
  /** What will happen. */
  children?: ReactNode
  work: (values: Values) => Promise<Output>
  onDone?: (output: Output) => void
  onClose: () => void
}

export function FormDialog<Output>({
  fields,
  initial = {},
  children,
  work,
  ...ask
}: FormDialogProps<Output>) {
  const [values, setValues] = useState<Values>(() => startWith(fields, initial))
  return (
    <Ask {...ask} work={() => work(values)}>
      {children}
      {fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
    </Ask>
  )
}

const startWith = (fields: readonly FormField[], initial: Values): Values =>
  Object.fromEntries(fields.map((field) => [field.name, initial[field.name] ?? firstOf(field)]))

const firstOf = ({ options, many }: FormField): string =>
  many ? many.map(({ value }) => value).join(' ') : (options?.[0]?.value ?? '')

interface OneFieldProps {
  field: FormField
  value: string
  onChange: (value: string) => void
}

function OneField({ field, value, onChange }: OneFieldProps) {
  const { t } = useWords()
  const { name: _, label, hint, options, many, ...rest } = field
  if (many) return <Many label={label} many={many} value={value} onChange={onChange} />
  const common = { ...rest, label: t(label), hint: hint && t(hint), value, onChange }
  if (!options) return <TextField {...common} />
  return <Choice {...common} options={options.map((option) => ({ ...option, label: t(option.label) }))} />
}

interface ManyProps {
  label: Bilingual
  many: NonNullable<FormField['many']>
  value: string
  onChange: (value: string) => void
}

function Many({ label, many, value, onChange }: ManyProps) {
  const { t } = useWords()
  const chosen = value.split(' ').filter(Boolean)
  const toggle = (each: string) =>
    chosen.includes(each) ? chosen.filter((other) => other !== each) : [...chosen, each]
  return (
    <fieldset className="many">
      <legend>{t(label)}</legend>
      {many.map((each) => (
        <label key={each.value} className="tick">
          <input
            type="checkbox"
            checked={chosen.includes(each.value)}
            onChange={() => onChange(toggle(each.value).join(' '))}
          />
          {t(each.label)}
        </label>
      ))}
    </fieldset>
  )
}

/** Names as people type them: one per line, or with commas or spaces between. */
export const namesOf = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter(Boolean)

/** The end of a day in the reader's zone. */
export const endOfDay = (day: string): string => new Date(`${day}T23:59:59`).toISOString()

/** What was left empty is left out. */
export const filledIn = (values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
