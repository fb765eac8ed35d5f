/** Reports as streams of cp932 octets: a heading line, then one line for each certificate application. */
import iconv from 'iconv-lite'
import type { Category } from '../applications/kinds.js'
import { cellsOfApplication, type Application } from '../registry/application.js'
import { reportColumns } from './columns.js'

/** Lines sent together, before others get their turn. */
const linesAtOnce = 50

// Most of a report is Base64: only what is not ASCII goes through the codec.
const toCp932 = (text: string): string =>
  text.replace(/[^\0-\x7f]+/g, (run) => iconv.encode(run, 'cp932').toString('latin1'))

const headings = reportColumns.map(([heading]) => heading).join('\t')

const encode = (line: string): Buffer => Buffer.from(`${toCp932(line)}\r\n`, 'latin1')

type Standing = Pick<Application, 'status' | 'completedAt'> & { revokedAt?: number; gone?: number }

const standingOf = ({ status, completedAt, revocation }: Application): Standing => ({
  ...{ status, completedAt },
  ...{ revokedAt: revocation?.acceptedAt, gone: revocation?.completedAt },
})

interface KnownLine extends Standing {
  bytes: Buffer
}

/** A report is asked for again and again, and most of its lines have not changed since. */
const known = new WeakMap<Application, KnownLine>()
/** Some 80 MB of lines, those sent together included. */
const mostKnown = 10_000
let knownCount = 0

const isAsItWas = (line: KnownLine, { status, completedAt, revocation }: Application): boolean =>
  line.status === status &&
  line.completedAt === completedAt &&
  line.revokedAt === revocation?.acceptedAt &&
  line.gone === revocation?.completedAt

function remember(application: Application, line: KnownLine): void {
  if (!known.has(application) && knownCount++ >= mostKnown) return
  known.set(application, line)
}

/** Lines that were sent together, by the first of them. */
const together = new WeakMap<Buffer, { lines: readonly Buffer[]; bytes: Buffer }>()

function join(lines: readonly Buffer[]): Buffer {
  const [first] = lines
  const last = first && together.get(first)
  if (last?.lines.length === lines.length && last.lines.every((line, index) => line === lines[index]))
    return last.bytes
  const bytes = Buffer.concat(lines)
  if (first && lines.length === linesAtOnce) together.set(first, { lines, bytes })
  return bytes
}

function lineOf(application: Application): Buffer {
  const last = known.get(application)
  if (last && isAsItWas(last, application)) return last.bytes
  const cells = cellsOfApplication(application)
  const bytes = encode(reportColumns.map(([, value]) => value(application, cells)).join('\t'))
  remember(application, { ...standingOf(application), bytes })
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
  yield encode(headings)
  let lines: Buffer[] = []
  for (const application of applications) {
    if (!isInScope(application, scope)) continue
    lines.push(lineOf(application))
    if (lines.length < linesAtOnce) continue
    yield join(lines)
    lines = []
  }
  yield join(lines)
}
