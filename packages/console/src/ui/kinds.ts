/** Kinds and fields in words, from the tables that the check reads. */
import { kindTables } from '@upki-gateway/shared/tsv'
import type { Schemas } from '../api/client.js'
import type { Bilingual } from '../i18n/language.js'

type Kind = Schemas['ApplicationKind']

export const kindTitle = (kind: Kind): Bilingual => kindTables[kind].title

export const kindOptions = Object.values(kindTables).map(({ kind, title }) => ({ kind, title }))

/** The heading of a field's column in this kind; its own name where the kind has none. */
export const fieldName = (kind: Kind, field: string): Bilingual =>
  kindTables[kind].columns.find((column) => column.field === field)?.name ?? { ja: field, en: field }
