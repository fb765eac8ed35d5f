/**
 * Asks for one application on a terminal, column by column, as its table says. What is wrong is said while it can
 * still be typed again; what follows from the CSR and --config stands there already.
 */
import { readFileSync } from 'node:fs'
import { cancel, isCancel, select, text } from '@clack/prompts'
import { applicationKinds, unpublishedKinds } from '@upki-gateway/shared/application'
import type { ApplicationFields, ApplicationInput, ApplicationKind } from '@upki-gateway/shared/application'
import { checkApplications, completeApplications } from '@upki-gateway/shared/check'
import type { CheckContext } from '@upki-gateway/shared/check'
import { parseCsrDer, toOneLineBase64 } from '@upki-gateway/shared/csr'
import { readDnsNamesLeniently, renderDnsNames } from '@upki-gateway/shared/identifier'
import { kindTables } from '@upki-gateway/shared/tsv'
import type { Column } from '@upki-gateway/shared/tsv'
import { Failure } from '../../terminal/failure.js'
import type { Language } from '../../terminal/language.js'

export async function ask(language: Language, settings: CheckContext): Promise<ApplicationInput> {
  const kind = await askKind(language)
  const table = (settings.tables ?? kindTables)[kind]
  const form = new Form(kind, language, settings)
  // The CSR first: most of the others follow from it.
  for (const column of [...table.columns].sort((a, b) => rank(a) - rank(b)))
    if (column.field && column.use !== 'empty') await form.ask(column, column.field)
  return { kind, fields: form.fields }
}

const rank = ({ field, number }: Column): number => (field === 'csr' ? 0 : number)

async function askKind(language: Language): Promise<ApplicationKind> {
  const kinds = applicationKinds.filter((kind) => !unpublishedKinds.includes(kind))
  const answer = await select({
    message: { ja: '申請の種類', en: 'Kind of application' }[language],
    options: kinds.map((value) => ({ value, label: kindTables[value].title[language] })),
  })
  return kept(answer) as ApplicationKind
}

type Field = NonNullable<Column['field']>

class Form {
  readonly fields: ApplicationFields = {}

  constructor(
    readonly kind: ApplicationKind,
    readonly language: Language,
    readonly settings: CheckContext,
  ) {}

  async ask({ name, use }: Column, field: Field): Promise<void> {
    const { language } = this
    const hint =
      field === 'csr' ? { ja: '（CSRファイルのパス）', en: ' (path of the CSR file)' }[language] : ''
    const answer = await text({
      message: `${name[language]}${hint}${use === 'required' ? ' ●' : ''}`,
      placeholder: use === 'required' ? '' : { ja: '空欄でもよい', en: 'may stay empty' }[language],
      initialValue: this.#known(field),
      validate: (typed) => this.#faultOf(field, typed ?? ''),
    })
    const value = toValue(field, (kept(answer) as string | undefined) ?? '')
    if (value !== '') this.fields[field] = value
  }

  /** What follows from the answers so far. */
  #known(field: Field): string {
    const { applications } = completeApplications([{ kind: this.kind, fields: this.fields }], this.settings)
    return applications[0]?.fields[field] ?? ''
  }

  /** The first error of this column, with what to do; later columns are not there to be compared with yet. */
  #faultOf(field: Field, typed: string): string | undefined {
    const { kind, language, settings } = this
    try {
      const fields = { ...this.fields, [field]: toValue(field, typed) }
      const found = checkApplications([{ kind, fields }], settings)
      const error = found.find((finding) => finding.grade === 'error' && finding.field === field)
      return error && `${error.message[language]} ${error.remedy[language]}`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}

/** @throws when the file of a CSR cannot be read */
function toValue(field: Field, typed: string): string {
  const given = typed.trim()
  if (given === '') return ''
  if (field === 'csr') return readCsr(given)
  return field === 'dnsNames' ? renderDnsNames(readDnsNamesLeniently(given)) : given
}

function readCsr(path: string): string {
  const bytes = readFileSync(path)
  const isText = bytes.includes('-----BEGIN')
  return isText
    ? toOneLineBase64(bytes.toString('latin1'))
    : Buffer.from(parseCsrDer(bytes).der).toString('base64')
}

function kept(answer: unknown): unknown {
  if (!isCancel(answer)) return answer
  cancel()
  throw new Failure('interrupted', { en: 'Nothing was written.', ja: '何も書いていません。' })
}
