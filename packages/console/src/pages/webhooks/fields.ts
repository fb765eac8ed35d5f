/** The form of a webhook, for a new one and for one that is changed. */
import type { Schemas } from '../../api/client.js'
import type { FormField, Values } from '../../ui/form-dialog.js'
import { eventOptions } from './words.js'

export const fields: readonly FormField[] = [
  {
    name: 'url',
    label: { ja: '送り先', en: 'URL' },
    hint: { ja: 'https:// で始まるURL', en: 'https:// only' },
    maxLength: 2000,
    mono: true,
    isRequired: true,
  },
  { name: 'description', label: { ja: '説明', en: 'Description' }, maxLength: 200 },
  { name: 'types', label: { ja: '通知する出来事', en: 'Events' }, many: eventOptions },
]

/** An empty choice is refused by the gateway, which says so. */
export const inputOf = ({ url = '', description = '', types = '' }: Values) => ({
  url,
  description,
  types: types.split(' ').filter(Boolean) as Schemas['EventType'][],
})

export const valuesOf = ({ url, description, types }: Schemas['Webhook']): Values => ({
  url,
  description: description ?? '',
  types: types.join(' '),
})
