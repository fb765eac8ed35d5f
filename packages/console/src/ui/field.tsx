/** Form fields with their label, a hint, and what is wrong with the value. */
import { type ReactNode, useId } from 'react'

interface FieldProps {
  label: string
  hint?: ReactNode
  /** Stands below the field and is read with it. */
  findings?: ReactNode
  isRequired?: boolean
  isWrong?: boolean
  children: (attributes: {
    id: string
    required: boolean
    'aria-describedby': string | undefined
    'aria-invalid': true | undefined
  }) => ReactNode
}

export function Field({ label, hint, findings, isRequired = false, isWrong = false, children }: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, findings && `${id}-findings`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isRequired && <span aria-hidden="true" className="required" />}
      </label>
      {children({
        id,
        required: isRequired,
        'aria-describedby': described || undefined,
        'aria-invalid': isWrong || undefined,
      })}
      {hint && (
        <div id={`${id}-hint`} className="hint">
          {hint}
        </div>
      )}
      {findings && (
        <div id={`${id}-findings`} className="field-findings" aria-live="polite">
          {findings}
        </div>
      )}
    </div>
  )
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  value: string
  onChange: (value: string) => void
  type?: 'text' | 'email' | 'search' | 'date'
  maxLength?: number
  /** More than one line. */
  rows?: number
  mono?: boolean
}

export function TextField({
  value,
  onChange,
  type = 'text',
  maxLength,
  rows,
  mono,
  ...field
}: TextFieldProps) {
  return (
    <Field {...field}>
      {(attributes) => {
        const common = {
          ...attributes,
          value,
          maxLength,
          spellCheck: false,
          autoComplete: 'off',
          className: mono ? 'mono' : undefined,
          onChange: (event: { target: { value: string } }) => onChange(event.target.value),
        }
        if (rows) return <textarea rows={rows} {...common} />
        // Else browsers take years of six digits, which are no times of the API.
        return <input type={type} max={type === 'date' ? '9999-12-31' : undefined} {...common} />
      }}
    </Field>
  )
}

interface ChoiceProps extends Omit<FieldProps, 'children'> {
  value: string
  onChange: (value: string) => void
  options: readonly { value: string; label: string }[]
}

export function Choice({ value, onChange, options, ...field }: ChoiceProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
