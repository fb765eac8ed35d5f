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

const headings = reportColumns.map(([heading]) => heading).join('\t')

const encode = (line: string): Buffer => Buffer.from(`${toCp932(line)}\r\n`, 'latin1')

interface KnownLine {
  /** The line is as it was while this is the same. */
  standing: string
  bytes: Buffer
}

/** A report is asked for again and again, and most of its lines have not changed since. */
const known = new WeakMap<Application, KnownLine>()
/** Some 100 MB of lines. */
const mostKnown = 20_000
let knownCount = 0

const standingOf = ({ status, completedAt, revocation }: Application): string =>
  `${status} ${completedAt} ${revocation?.acceptedAt} ${revocation?.completedAt}`

function remember(application: Application, line: KnownLine): void {
  if (!known.has(application) && knownCount++ >= mostKnown) return
  known.set(application, line)
}

function lineOf(application: Application): Buffer {
  const standing = standingOf(application)
  const last = known.get(application)
  if (last?.standing === standing) return last.bytes
  const cells = cellsOfApplication(application)
  const bytes = encode(reportColumns.map(([, value]) => value(application, cells)).join('\t'))
  remember(application, { standing, bytes })
  return bytes
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
  let lines = [encode(headings)]
  for (const application of applications) {
    if (!isInScope(application, scope)) continue
    lines.push(lineOf(application))
    if (lines.length < linesAtOnce) continue
    yield Buffer.concat(lines)
    lines = []
  }
  yield Buffer.concat(lines)
}
