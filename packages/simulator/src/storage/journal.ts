/**
 * The append-only journal: one event, one line of JSON.
 *
 * Everything appended while a write is under way goes to disk with one further write
 * and one fsync (group commit). A line without its end is one whose writer died before
 * it was acknowledged: it is cut off at the next start.
 */
import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { StartError } from './start-error.js'

const lineFeed = 0x0a

function parseLine(line: Buffer, path: string, number: number): unknown {
  try {
    return JSON.parse(line.toString('utf8')) as unknown
  } catch (cause) {
    throw new StartError(
      `${path}, line ${number} is damaged; restore the file or start in a new directory.`,
      {
        cause,
      },
    )
  }
}

/** Reads every whole line; resolves to the length of the file up to the last of them, in octets. */
async function replay(path: string, apply: (event: unknown) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0)
  let wholeLength = 0
  let number = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      apply(parseLine(rest.subarray(start, end), path, ++number))
      start = end + 1
    }
    wholeLength += start
    rest = rest.subarray(start)
  }
  return wholeLength
}

/** Lines that one write and one fsync put on disk. */
interface Batch {
  lines: string[]
  done: Promise<void>
}

export class Journal {
  /** Still takes lines: its write has not begun. */
  private filling: Batch | undefined
  /** The newest batch; rejected for good once a write has failed, since each batch follows the one before. */
  private last: Promise<void> = Promise.resolve()

  private constructor(
    private readonly file: FileHandle,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /**
   * Opens the journal, made when missing, after giving each event in it to `apply`.
   * `onFailure` hears when a write fails; from then on nothing is taken.
   *
   * @throws StartError when a line other than a torn last one is unreadable.
   */
  static async open(
    path: string,
    apply: (event: unknown) => void,
    onFailure: (error: unknown) => void,
  ): Promise<Journal> {
    const file = await open(path, 'a', 0o600)
    await file.truncate(await replay(path, apply))
    await file.datasync()
    return new Journal(file, onFailure)
  }

  /** Resolves when the event is on disk. */
  append(event: object): Promise<void> {
    this.filling ??= this.startBatch()
    this.filling.lines.push(`${JSON.stringify(event)}\n`)
    return this.filling.done
  }

  /** Resolves when all that was appended so far is on disk. */
  settled(): Promise<void> {
    return this.last
  }

  private startBatch(): Batch {
    const lines: string[] = []
    const done = this.last.then(() => this.write(lines))
    done.catch(this.onFailure)
    this.last = done
    return { lines, done }
  }

  private async write(lines: string[]): Promise<void> {
    this.filling = undefined
    await this.file.appendFile(lines.join(''))
    await this.file.datasync()
  }

  async close(): Promise<void> {
    await this.last.finally(() => this.file.close())
  }
}
