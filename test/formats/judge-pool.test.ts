/** The pool of worker threads that judges large inputs, with the worker that is bundled beside the client. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Application } from '@upki-gateway/shared/application'
import { checkApplications } from '@upki-gateway/shared/check'
import type { ReadRow } from '@upki-gateway/shared/formats'
import { JudgePool, checkStream } from '@upki-gateway/shared/parallel'
import { organisation, sampleOf } from '@upki-gateway/shared/testing'

const bundler = fileURLToPath(new URL('../../scripts/bundle-client.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'upki-pool-'))
const context = { organisation }

let pool: JudgePool
beforeAll(() => {
  execFileSync(process.execPath, [bundler, join(folder, 'upki-client.mjs')])
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  pool = new JudgePool(pathToFileURL(join(folder, 'judge-worker.js')), context, 2)
})
afterEach(() => pool.close())

/** Every third row has a reason that there is not; every fifth repeats the serial of the first. Only rows with a CSR go to workers. */
async function rowsOf(count: number): Promise<Application[]> {
  const { kind, fields } = await sampleOf('server-revoke')
  return Array.from({ length: count }, (_, index) => ({
    kind,
    fields: {
      ...fields,
      csr: 'AAAA',
      serial: String(index % 5 === 0 ? 1000 : 1000 + index),
      revocationReason: index % 3 === 0 ? '2' : '4',
    },
  }))
}

async function* inBatches(rows: readonly Application[]): AsyncGenerator<ReadRow[]> {
  for (let start = 0; start < rows.length; start += 100)
    yield await Promise.resolve(
      rows.slice(start, start + 100).map((input, index) => ({ row: start + index + 1, input, findings: [] })),
    )
}

/** What no row can be: the worker meets an error of its own. */
const impossible = [null] as unknown as Application[]

describe('two workers', () => {
  it('find in a stream what one thread finds, in the order of the rows', async () => {
    const rows = await rowsOf(2_000)
    const found = []
    const stream = checkStream(inBatches(rows), { contextOf: () => context, complete: false, pool })
    for await (const { findings } of stream) found.push(...findings)
    expect(found.length).toBeGreaterThan(1_000)
    expect(found).toEqual(checkApplications(rows, context))
  })

  it('answer each with its own rows, whichever ends first', async () => {
    const rows = await rowsOf(300)
    const sizes = [300, 1, 20, 3]
    const judged = await Promise.all(sizes.map((size) => pool.judge(rows.slice(0, size), 1)))
    expect(judged.map(({ length }) => length)).toEqual(sizes)
  })
})

describe('an error in a worker', () => {
  it('reaches whoever waits', async () => {
    await expect(pool.judge(impossible, 1)).rejects.toThrow(TypeError)
  })

  it('reaches whoever comes later, in place of an endless wait', async () => {
    await pool.judge(impossible, 1).catch(() => undefined)
    const later = await Promise.allSettled([1, 2].map(async () => pool.judge(await rowsOf(1), 1)))
    expect(later.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('ends a stream', async () => {
    const stream = checkStream(inBatches(await rowsOf(2_000)), {
      contextOf: () => context,
      complete: false,
      pool,
    })
    await stream.next()
    await pool.judge(impossible, 1).catch(() => undefined)
    const rest = async () => {
      for await (const { rows: count } of stream) expect(count).toBeGreaterThan(0)
    }
    await expect(rest()).rejects.toThrow(TypeError)
  })
})

describe('closing the pool', () => {
  it('leaves nobody waiting, and takes no more', async () => {
    const waiting = expect(pool.judge(await rowsOf(2_000), 1)).rejects.toThrow(/ended/)
    await pool.close()
    await waiting
    await expect(pool.judge(await rowsOf(1), 1)).rejects.toThrow(/closed/)
  })
})
