/** A serial number both ways: the service's lists are decimal, openssl and browsers say hex. */
import { useWords } from '../i18n/language.js'
import { CopyButton } from './copy.js'

const text = {
  decimal: { ja: '10進', en: 'decimal' },
  hex: { ja: '16進', en: 'hex' },
}

export const hexOf = (serial: string): string => `0x${BigInt(serial).toString(16)}`

export function Serial({ serial }: { serial: string }) {
  const { t } = useWords()
  const forms = [
    { form: t(text.decimal), value: serial },
    { form: t(text.hex), value: hexOf(serial) },
  ]
  return (
    <dl className="serial">
      {forms.map(({ form, value }) => (
        <div key={form}>
          <dt>{form}</dt>
          <dd>
            <code>{value}</code> <CopyButton value={value} what={form} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
