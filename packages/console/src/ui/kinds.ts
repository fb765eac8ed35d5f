/** Kinds and fields in words, from the tables that the check reads. */
import { kindTables } from '@upki-gateway/shared/tsv'
import type { Schemas } from '../api/client.js'
import type { Bilingual } from '../i18n/language.js'

type Kind = Schemas['ApplicationKind']

export const kindTitle = (kind: Kind): Bilingual => kindTables[kind].title

export const kindOptions = Object.values(kindTables).map(({ kind, title }) => ({ kind, title }))

/** What the gateway decides of an application beside its columns. */
const kindName: Bilingual = { ja: '申請の種類', en: 'Kind of application' }

/** The heading of a field's column in this kind; its own name where the kind has none. */
export const fieldName = (kind: Kind, field: string): Bilingual =>
  field === 'kind'
    ? kindName
    : (kindTables[kind].columns.find((column) => column.field === field)?.name ?? { ja: field, en: field })

const isKind = (value: string): value is Kind => Object.hasOwn(kindTables, value)

/** A value as people read it: kinds have titles. */
export const fieldValue = (field: string, value: string): Bilingual =>
  field === 'kind' && isKind(value) ? kindTitle(value) : { ja: value, en: value }
