import type { Bilingual } from '../i18n/language.js'

/** How names are entered that an approval, a credential or a department has. */
export const namesHint: Bilingual = {
  ja: '1行に1つ。先頭に「.」を付けると、その下のすべての名前になります。',
  en: 'One per line; with a dot in front, every name at or below it.',
}
