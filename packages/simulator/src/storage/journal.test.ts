import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal } from './journal.js'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(directory, 'journal.jsonl')
})
afterEach(() => rmSync(directory, { recursive: true }))

async function replayed(): Promise<unknown[]> {
  const events: unknown[] = []
  const journal = await Journal.open(
    path,
    (event) => events.push(event),
    () => undefined,
  )
  await journal.close()
  return events
}

describe('the journal', () => {
  it('gives back what was appended, in order', async () => {
    const journal = await Journal.open(
      path,
      () => undefined,
      () => undefined,
    )
    const numbers = Array.from({ length: 500 }, (_, number) => ({ number }))
    await Promise.all(numbers.map((event) => journal.append(event)))
    await journal.close()
    expect(await replayed()).toEqual(numbers)
  })

  it('has an event on disk when its append resolves, also among others under way', async () => {
    const journal = await Journal.open(
      path,
      () => undefined,
      () => undefined,
    )
    const appendAndRead = async (number: number) => {
      await journal.append({ number })
      expect(readFileSync(path, 'utf8')).toContain(`{"number":${number}}\n`)
    }
    await Promise.all(Array.from({ length: 50 }, (_, number) => appendAndRead(number)))
    await journal.close()
  })

  it.each(['{"torn":', '{"whole but without its end":true}', '\u0000\u0000'])(
    'cuts off a last line without end (%j), and goes on behind the one before',
    async (torn) => {
      writeFileSync(path, `{"number":1}\n${torn}`)
      expect(await replayed()).toEqual([{ number: 1 }])
      appendFileSync(path, '{"number":2}\n')
      expect(await replayed()).toEqual([{ number: 1 }, { number: 2 }])
    },
  )

  it('gives back lines longer than what is read at once', async () => {
    const long = { text: '長'.repeat(1 << 20) }
    writeFileSync(path, `${JSON.stringify(long)}\n${JSON.stringify(long)}\n`)
    expect(await replayed()).toEqual([long, long])
  })

  it('refuses a damaged line before the last by its number', async () => {
    writeFileSync(path, '{"number":1}\n{"num\n{"number":3}\n')
    await expect(replayed()).rejects.toThrow('journal.jsonl, line 2 is damaged')
  })

  it('takes nothing more once a write has failed, and says so', async () => {
    const failures: unknown[] = []
    const journal = await Journal.open(
      path,
      () => undefined,
      (error) => failures.push(error),
    )
    // Writing to a closed file fails as a full disk does.
    await journal.close()
    await expect(journal.append({ number: 1 })).rejects.toThrow()
    await expect(journal.append({ number: 2 })).rejects.toThrow()
    await expect(journal.settled()).rejects.toThrow()
    expect(failures).toHaveLength(2)
    expect(await replayed()).toEqual([])
  })
})
