/**
 * Writes applications: to standard output, to a file, or, for UPKI TSV, to files in a directory.
 *
 * A file appears whole or not at all. Files may hold access PINs, so only their owner reads them.
 */
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
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
  if (await isDirectoryWanted(output)) throw isDirectory(output ?? '')
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

/** Files come as they are full; none gets its name before all are written, so that a refused row leaves none. */
async function writeFiles(
  rows: AsyncIterable<readonly Application[]> | Iterable<readonly Application[]>,
  { output }: OutputOptions,
): Promise<Written> {
  const folder = new Folder(output)
  const writer = new UpkiTsvWriter()
  let count = 0
  try {
    for await (const batch of rows)
      for (const application of batch) {
        const made = writer.write(application, (count += 1))
        if (made && !('bytes' in made)) throw new CannotWrite(made)
        if (made) await folder.add(made)
      }
    for (const file of writer.end()) await folder.add(file)
    return { files: await folder.publish(), rows: count }
  } catch (error) {
    await folder.discard()
    throw error
  }
}

/** Where files go: a directory, or, when there is but one, anywhere. */
class Folder {
  /** The first file, as long as it may be the only one. */
  #first: TsvFile | undefined
  #count = 0
  /** Set when the directory was not there before. */
  #made: string | undefined
  readonly #targets: Target[] = []

  constructor(readonly output: string | undefined) {}

  async add(file: TsvFile): Promise<void> {
    this.#count += 1
    if (this.#count === 1) this.#first = file
    else await this.#flush(file)
  }

  /** @returns the paths, none for standard output */
  async publish(): Promise<string[]> {
    if (this.#first) await this.#flush()
    for (const target of this.#targets) await target.publish()
    return this.#targets.flatMap(({ path }) => path ?? [])
  }

  async discard(): Promise<void> {
    for (const target of this.#targets) await target.discard()
    // Only an empty one goes; what another program put there stays.
    if (this.#made !== undefined) await rmdir(this.output ?? '').catch(() => undefined)
  }

  async #flush(...later: TsvFile[]): Promise<void> {
    const files = [...(this.#first ? [this.#first] : []), ...later]
    const toDirectory = await isDirectoryWanted(this.output)
    if (!toDirectory && this.#count > 1) throw needsDirectory()
    this.#first = undefined
    if (toDirectory) this.#made ??= await mkdir(this.output ?? '', { recursive: true, mode: 0o700 })
    for (const { name, bytes } of files) {
      const target = new Target(toDirectory ? join(this.output ?? '', name) : this.output)
      this.#targets.push(target)
      await target.write(bytes)
      await target.end()
    }
  }
}

const isDirectoryWanted = async (output: string | undefined): Promise<boolean> =>
  output !== undefined &&
  (output.endsWith('/') || ((await stat(output).catch(() => undefined))?.isDirectory() ?? false))

const isDirectory = (path: string): Failure =>
  new Failure('usage', {
    en: `${path} is a directory; this format makes one file: --output FILE`,
    ja: `${path} はディレクトリです。この形式は一つのファイルになります: --output ファイル`,
  })

const needsDirectory = (): Failure =>
  new Failure('usage', {
    en: 'This makes several files (99 rows and one kind in each); give a directory: --output DIRECTORY/',
    ja: '複数のファイルになります (99行ごと、種類ごと)。ディレクトリを指定してください: --output ディレクトリ/',
  })

/** One file under a name that nobody looks for until it is whole; or standard output. */
class Target {
  readonly path: string | undefined
  readonly #temporary: string | undefined
  #handle: FileHandle | undefined

  constructor(output: string | undefined) {
    this.path = output === '-' ? undefined : output
    this.#temporary = this.path && `${this.path}.${process.pid}.tmp`
  }

  async write(content: string | Uint8Array): Promise<void> {
    if (this.#temporary) {
      this.#handle ??= await open(this.#temporary, 'w', 0o600)
      await this.#handle.writeFile(content)
    } else if (!process.stdout.write(content)) await once(process.stdout, 'drain')
  }

  async end(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
  }

  async publish(): Promise<void> {
    if (this.#temporary && this.path) await rename(this.#temporary, this.path)
  }

  async discard(): Promise<void> {
    await this.end()
    if (this.#temporary) await rm(this.#temporary, { force: true })
  }

  /** Runs the writing; a failure leaves no file. */
  async whole(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      await this.end()
      await this.publish()
    } catch (error) {
      await this.discard()
      throw error
    }
  }
}
