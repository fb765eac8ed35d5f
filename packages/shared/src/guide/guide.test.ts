import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderGuide } from './render-guide.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('docs/upki-tsv.md is what the tables say (node --import tsx scripts/write-docs.mjs writes it)', () => {
  expect(read('../../../../docs/upki-tsv.md')).toBe(renderGuide(read('tsv-guide.md')))
})
