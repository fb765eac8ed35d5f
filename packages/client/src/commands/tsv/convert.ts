/** `tsv convert`: the same values in another format. */
import type { Application, ApplicationInput } from '@upki-gateway/shared/application'
import type { FormatName, HeadingLanguage, Reading } from '@upki-gateway/shared/formats'
import type { Outcome } from '../../terminal/failure.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { openInput } from './read-input.js'
import type { InputOptions } from './read-input.js'
import { refusal } from './report-findings.js'
import { CannotWrite, writeOutput } from './write-output.js'

export interface ConvertOptions extends CommonOptions, InputOptions {
  operands: string
  to: FormatName
  headings: HeadingLanguage
  output?: string
}

export async function runConvert(options: ConvertOptions, { reporter }: Context): Promise<Outcome> {
  const path = options.operands
  const { to, headings, output } = options
  try {
    const reading = await openInput(path, options)
    const { files, rows } = await writeOutput(applicationsOf(reading), {
      to,
      headings,
      ...(output && { output }),
    })
    const names = files.join(', ')
    // Standard output holds the applications themselves.
    if (files.length > 0)
      reporter.result(
        { ja: `${rows}行を書きました: ${names}`, en: `Wrote ${rows} row(s): ${names}` },
        { files, rows },
      )
    return 'done'
  } catch (error) {
    if (error instanceof CannotWrite)
      throw refusal({ path, rows: error.finding.row, findings: [error.finding] })
    throw error
  }
}

/** Rows that could not be read end the conversion: a part must not look like the whole. */
async function* applicationsOf({ batches }: Reading): AsyncGenerator<Application[]> {
  for await (const batch of batches) {
    const unread = batch.find(({ findings }) => findings.length > 0)
    const [finding] = unread?.findings ?? []
    if (finding) throw new CannotWrite(finding)
    yield batch.flatMap(({ input }) => (input ? [toApplication(input)] : []))
  }
}

/** `server` is decided by the gateway; written by hand, a row that replaces a certificate is a renewal. */
const toApplication = ({ kind = 'server', fields }: ApplicationInput): Application => ({
  kind: kind !== 'server' ? kind : fields.serial ? 'server-renew' : 'server-issue',
  fields,
})
