/** Reports as streams of cp932 octets: a heading line, then one line for each certificate application. */
import iconv from 'iconv-lite'
import type { Category } from '../applications/kinds.js'
import { cellsOfApplication, type Application } from '../registry/application.js'
import { reportColumns } from './columns.js'

/** Lines encoded together, before others get their turn. */
const linesAtOnce = 200

// Most of a report is Base64: only what is not ASCII goes through the codec.
const toCp932 = (text: string): string =>
  text.replace(/[^\0-\x7f]+/g, (run) => iconv.encode(run, 'cp932').toString('latin1'))

const encode = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${toCp932(line)}\r\n`).join(''), 'latin1')

const headings = reportColumns.map(([heading]) => heading).join('\t')

function line(application: Application): string {
  const cells = cellsOfApplication(application)
  return reportColumns.map(([, value]) => value(application, cells)).join('\t')
}

export interface ReportScope {
  organisationId: string
  categories: readonly Category[]
}

/** Revocations have no line of their own: they fill columns of the certificate's line. */
const isInScope = (application: Application, { organisationId, categories }: ReportScope) =>
  application.organisationId === organisationId &&
  categories.includes(application.category) &&
  !application.kind.endsWith('-revoke')

export function* renderReport(applications: Iterable<Application>, scope: ReportScope): Generator<Buffer> {
  let lines = [headings]
  for (const application of applications) {
    if (!isInScope(application, scope)) continue
    lines.push(line(application))
    if (lines.length < linesAtOnce) continue
    yield encode(lines)
    lines = []
  }
  yield encode(lines)
}
