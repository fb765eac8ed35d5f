/** /v1/conversions: applications in another format, as they come; values are not judged. */
import type { Application, ApplicationInput } from '@upki-gateway/shared/application'
import { UpkiTsvWriter, isFormatName, makeWriter, mediaTypes } from '@upki-gateway/shared/formats'
import type { FormatName, HeadingLanguage, Reading, TextFormat, TsvFile } from '@upki-gateway/shared/formats'
import type { Finding } from '@upki-gateway/shared/problem'
import { type Request, Router } from 'express'
import { Zip, ZipDeflate } from 'fflate'
import { ProblemError } from '../problem/problem-error.js'
import { refuse } from './applications.js'
import { needScope } from './authenticate.js'
import { HeldResponse } from './held-response.js'
import { readBody } from './read-body.js'

const limits = { maxBytes: 2_000_000_000 }

export function makeConversions(): Router {
  const router = Router()
  router.post('/', needScope('applications:write'), async (request, response) => {
    const { to, headings } = wishOf(request)
    const reading = await readBody(request, limits)
    let headers: Record<string, string> = { 'Content-Type': mediaTypes[to] }
    const answer = new HeldResponse(response, () => headers)
    try {
      if (to !== 'upki-tsv') await convertText(reading, answer, { to, headings })
      else await convertToFiles(reading, answer, (found) => (headers = found))
    } catch (error) {
      answer.fail(error)
    }
  })
  return router
}

function wishOf({ query }: Request): { to: FormatName; headings: HeadingLanguage } {
  const { to, headings = 'field' } = query
  if (isFormatName(to) && ['field', 'ja', 'en'].includes(headings as string))
    return { to, headings: headings as HeadingLanguage }
  throw new ProblemError(
    'badRequest',
    'Give ?to= json, jsonl, csv, tsv, xml or upki-tsv, and headings= field, ja or en',
    {
      ja: 'クエリのto（json、jsonl、csv、tsv、xml、upki-tsv）とheadings（field、ja、en）を確かめてください。',
    },
  )
}

async function convertText(
  reading: Reading,
  answer: HeldResponse,
  { to, headings }: { to: TextFormat; headings: HeadingLanguage },
): Promise<void> {
  const writer = makeWriter(to, { headings })
  await answer.write(writer.begin)
  for await (const rows of applicationsOf(reading)) {
    const texts = rows.map(({ application, row }) => {
      const made = writer.write(application, row)
      return typeof made === 'string' ? made : refuse([made])
    })
    await answer.write(texts.join(''))
  }
  await answer.write(writer.end)
  await answer.end()
}

interface NumberedApplication {
  application: Application
  row: number
}

/** Rows that could not be read end the conversion: a part must not look like the whole. */
async function* applicationsOf({ batches }: Reading): AsyncGenerator<NumberedApplication[]> {
  for await (const batch of batches) {
    const findings: Finding[] = batch.flatMap((row) => row.findings)
    if (findings.length > 0) refuse(findings)
    yield batch.flatMap(({ row, input }) => (input ? [{ row, application: toApplication(input) }] : []))
  }
}

/** Undecided rows that replace a certificate are renewals. */
const toApplication = ({ kind = 'server', fields }: ApplicationInput): Application => ({
  kind: kind !== 'server' ? kind : fields.serial ? 'server-renew' : 'server-issue',
  fields,
})

/** One file as it is; several in a ZIP. */
async function convertToFiles(
  reading: Reading,
  answer: HeldResponse,
  setHeaders: (headers: Record<string, string>) => void,
): Promise<void> {
  let first: TsvFile | undefined
  let zip: FileZip | undefined
  for await (const file of filesOf(reading)) {
    if (!first) {
      first = file
      continue
    }
    if (!zip) {
      setHeaders(attachment('application/zip', 'upki-tsv.zip'))
      zip = new FileZip()
      await answer.write(zip.add(first))
    }
    await answer.write(zip.add(file))
  }
  if (zip) await answer.write(zip.end())
  else if (first) {
    setHeaders(attachment(mediaTypes['upki-tsv'], first.name))
    await answer.write(first.bytes)
  }
  await answer.end()
}

async function* filesOf(reading: Reading): AsyncGenerator<TsvFile> {
  const writer = new UpkiTsvWriter()
  for await (const rows of applicationsOf(reading))
    for (const { application, row } of rows) {
      const made = writer.write(application, row)
      if (made && !('bytes' in made)) refuse([made])
      else if (made) yield made
    }
  yield* writer.end()
}

const attachment = (type: string, name: string): Record<string, string> => ({
  'Content-Type': type,
  'Content-Disposition': `attachment; filename="${name}"`,
})

/** Same input, same bytes: the entries carry one fixed date. */
const entryDate = new Date(1980, 0, 1)

class FileZip {
  #made: Uint8Array[] = []
  readonly #zip = new Zip((error, bytes) => {
    if (error) throw error
    this.#made.push(bytes)
  })

  add({ name, bytes }: TsvFile): Uint8Array {
    const entry = new ZipDeflate(name)
    entry.mtime = entryDate
    this.#zip.add(entry)
    entry.push(bytes, true)
    return this.#take()
  }

  end(): Uint8Array {
    this.#zip.end()
    return this.#take()
  }

  #take(): Uint8Array {
    return Buffer.concat(this.#made.splice(0))
  }
}
