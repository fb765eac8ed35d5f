/**
 * Writes applications: to standard output, to a file, or, for UPKI TSV, to files in a directory.
 *
 * A file appears whole or not at all. Files may hold access PINs, so only their owner reads them.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { once } from 'node:events'
import { UpkiTsvWriter, makeWriter } from '@upki-gateway/shared/formats'
import type { FormatName, HeadingLanguage, TsvFile } from '@upki-gateway/shared/formats'
import type { Application } from '@upki-gateway/shared/application'
import type { Finding } from '@upki-gateway/shared/problem'
import { Failure } from '../../terminal/failure.js'

export interface OutputOptions {
  to: FormatName
  headings?: HeadingLanguage
  /** Absent or `-`: standard output. */
  output?: string
}

export interface Written {
  /** Paths, none for standard output. */
  files: string[]
  rows: number
}

/** What a row cannot be written for; nothing was written. */
export class CannotWrite extends Error {
  override name = 'CannotWrite'
  constructor(readonly finding: Finding) {
    super(finding.message.en)
  }
}

export async function writeOutput(
  rows: AsyncIterable<readonly Application[]> | Iterable<readonly Application[]>,
  options: OutputOptions,
): Promise<Written> {
  return options.to === 'upki-tsv'
    ? writeFiles(rows, options)
    : writeText(rows, { ...options, to: options.to })
}

async function writeText(
  rows: AsyncIterable<readonly Application[]> | Iterable<readonly Application[]>,
  { to, headings, output }: OutputOptions & { to: Exclude<FormatName, 'upki-tsv'> },
): Promise<Written> {
  const writer = makeWriter(to, { ...(headings && { headings }) })
  const target = new Target(output)
  let row = 0
  await target.whole(async () => {
    await target.write(writer.begin)
    for await (const batch of rows) {
      const texts = batch.map((application) => whole(writer.write(application, (row += 1))))
      await target.write(texts.join(''))
    }
    await target.write(writer.end)
  })
  return { files: target.path ? [target.path] : [], rows: row }
}

function whole(made: string | Finding): string {
  if (typeof made === 'string') return made
  throw new CannotWrite(made)
}

async function writeFiles(
  rows: AsyncIterable<readonly Application[]> | Iterable<readonly Application[]>,
  { output }: OutputOptions,
): Promise<Written> {
  const made = await makeFiles(rows)
  const paths = await pathsFor(made.files, output)
  for (const [index, { bytes }] of made.files.entries()) {
    const target = new Target(paths[index])
    await target.whole(() => target.write(bytes))
  }
  return { files: paths.flatMap((path) => path ?? []), rows: made.rows }
}

/** All files are made before the first is written, so that a row that cannot be written leaves none. */
async function makeFiles(
  rows: AsyncIterable<readonly Application[]> | Iterable<readonly Application[]>,
): Promise<{ files: TsvFile[]; rows: number }> {
  const writer = new UpkiTsvWriter()
  const files: TsvFile[] = []
  let count = 0
  for await (const batch of rows)
    for (const application of batch) {
      const made = writer.write(application, (count += 1))
      if (made && !('bytes' in made)) throw new CannotWrite(made)
      if (made) files.push(made)
    }
  return { files: [...files, ...writer.end()], rows: count }
}

/** One file may go anywhere; several need a directory. */
async function pathsFor(
  files: readonly TsvFile[],
  output: string | undefined,
): Promise<(string | undefined)[]> {
  const isDirectory =
    output !== undefined &&
    (output.endsWith('/') || ((await stat(output).catch(() => undefined))?.isDirectory() ?? false))
  if (isDirectory) {
    await mkdir(output, { recursive: true, mode: 0o700 })
    return files.map(({ name }) => join(output, name))
  }
  if (files.length <= 1) return files.map(() => output)
  throw new Failure('usage', {
    en: `This makes ${files.length} files (99 rows and one kind in each); give a directory: --output DIRECTORY/`,
    ja: `${files.length}個のファイルになります (99行ごと、種類ごと)。ディレクトリを指定してください: --output ディレクトリ/`,
  })
}

class Target {
  readonly path: string | undefined
  readonly #stream: NodeJS.WritableStream
  readonly #temporary: string | undefined

  constructor(output: string | undefined) {
    this.path = output === '-' ? undefined : output
    this.#temporary = this.path && `${this.path}.${process.pid}.tmp`
    this.#stream = this.#temporary ? createWriteStream(this.#temporary, { mode: 0o600 }) : process.stdout
  }

  async write(content: string | Uint8Array): Promise<void> {
    if (!this.#stream.write(content)) await once(this.#stream, 'drain')
  }

  /** Runs the writing; a failure leaves no file. */
  async whole(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      if (this.#temporary) await new Promise<void>((resolve) => this.#stream.end(() => resolve()))
      if (this.#temporary && this.path) await rename(this.#temporary, this.path)
    } catch (error) {
      if (this.#temporary) await rm(this.#temporary, { force: true })
      throw error
    }
  }
}
