/** Writes the documents that come from tables: docs/upki-tsv.md. Run with `node --import tsx`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { renderGuide } from '../packages/shared/src/guide/render-guide.ts'

const from = (path) => new URL(path, import.meta.url)
const prose = readFileSync(from('../packages/shared/src/guide/tsv-guide.md'), 'utf8')
writeFileSync(from('../docs/upki-tsv.md'), renderGuide(prose))
