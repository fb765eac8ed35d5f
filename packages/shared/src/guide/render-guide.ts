/** docs/upki-tsv.md: the prose of tsv-guide.md with the tables of kinds and findings put in. */
import { findingCatalogue } from '../problem/finding-catalogue.js'
import type { FindingSpec } from '../problem/finding-catalogue.js'
import { kindTables } from '../tsv/kind-tables.js'
import type { Column, KindTable } from '../tsv/kind-table.js'

/** @param prose Markdown with the marks `<!-- kinds -->` and `<!-- findings -->` */
export const renderGuide = (prose: string): string =>
  prose
    .replace('<!-- kinds -->', () => Object.values(kindTables).map(renderKind).join('\n\n'))
    .replace('<!-- findings -->', renderFindings)

function renderKind({ kind, title, columns, profiles, versionDate, source, certainty }: KindTable): string {
  const facts = `Layout since ${versionDate}; ${source}: **${certainty}**.`
  return [
    `### \`${kind}\`: ${title.ja}, ${title.en}`,
    '',
    profiles.length > 0 ? `${facts} Profiles ${profiles.join(', ')}.` : facts,
    '',
    '| No. | 日本語名 | Name | Field | Use | Characters | Max. | Known |',
    '|---|---|---|---|---|---|---|---|',
    ...columns.map(renderColumn),
  ].join('\n')
}

const marks = { required: '●', optional: '○', empty: '–' }
const charsets = {
  halfWidth: 'half-width',
  digits: 'digits',
  base64: 'Base64',
  anyWidth: 'half- and full-width',
}

function renderColumn({ number, name, field, use, charset, max, certainty }: Column): string {
  if (use === 'empty') return `| ${number} | – | | | – | | | |`
  const cells = [name.ja, name.en, `\`${field ?? ''}\``, marks[use], charsets[charset], max ?? '', certainty]
  return `| ${number} | ${cells.join(' | ')} |`
}

const renderFindings = (): string =>
  [
    '| Finding | 日本語 | English | Code |',
    '|---|---|---|---|',
    ...Object.entries<FindingSpec>(findingCatalogue).map(
      ([code, { grade, message, upstreamCode }]) =>
        `| \`${code}\`${grade === 'error' ? '' : ' !'} | ${message.ja} | ${message.en} | ${upstreamCode ?? ''} |`,
    ),
  ].join('\n')
