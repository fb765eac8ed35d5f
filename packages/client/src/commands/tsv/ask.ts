/** Asks for one application on a terminal, column by column, as its table says. */
import { readFile } from 'node:fs/promises'
import { cancel, isCancel, select, text } from '@clack/prompts'
import { applicationKinds, unpublishedKinds } from '@upki-gateway/shared/application'
import type { ApplicationFields, ApplicationInput, ApplicationKind } from '@upki-gateway/shared/application'
import { toOneLineBase64 } from '@upki-gateway/shared/csr'
import { readDnsNamesLeniently, renderDnsNames } from '@upki-gateway/shared/identifier'
import { kindTables } from '@upki-gateway/shared/tsv'
import type { Column } from '@upki-gateway/shared/tsv'
import { Failure } from '../../terminal/failure.js'
import type { Language } from '../../terminal/language.js'

export async function ask(language: Language): Promise<ApplicationInput> {
  const kinds = applicationKinds.filter((kind) => !unpublishedKinds.includes(kind))
  const kind = kept(
    await select({
      message: { ja: '申請の種類', en: 'Kind of application' }[language],
      options: kinds.map((value) => ({ value, label: kindTables[value].title[language] })),
    }),
  ) as ApplicationKind
  const fields: ApplicationFields = {}
  for (const column of kindTables[kind].columns) {
    if (!column.field || column.use === 'empty' || (column.field === 'subjectDn' && fields.csr)) continue
    const value = await askColumn(column, language)
    if (value !== '') fields[column.field] = value
  }
  return { kind, fields }
}

async function askColumn(column: Column, language: Language): Promise<string> {
  const { name, use, field } = column
  const hint = field === 'csr' ? { ja: '（CSRファイルのパス）', en: ' (path of the CSR file)' }[language] : ''
  const answer = kept(
    await text({
      message: `${name[language]}${hint}${use === 'required' ? ' ●' : ''}`,
      placeholder: use === 'required' ? '' : { ja: '空欄でもよい', en: 'may stay empty' }[language],
    }),
  ) as string | undefined
  const given = (answer ?? '').trim()
  if (field === 'csr' && given !== '') return toOneLineBase64(await readFile(given, 'utf8'))
  return field === 'dnsNames' && given !== '' ? renderDnsNames(readDnsNamesLeniently(given)) : given
}

function kept(answer: unknown): unknown {
  if (!isCancel(answer)) return answer
  cancel()
  throw new Failure('interrupted', { en: 'Nothing was written.', ja: '何も書いていません。' })
}
