/**
 * Judges many rows in worker threads: the signature of one P-384 CSR takes about a millisecond, and ten thousand
 * of them here would keep every other request waiting for as many.
 */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import type { Application } from '@upki-gateway/shared/application'
import type { CheckContext, JudgeContext, Judged } from '@upki-gateway/shared/check'
import { JudgePool } from '@upki-gateway/shared/parallel'

/** Fewer are judged before the workers have started. */
const MANY = 200
/** Rows in one message to a worker. */
const CHUNK = 128
const MOST_WORKERS = 4

// The built worker, also where a test runner finds the sources of the package.
const index = createRequire(import.meta.url).resolve('@upki-gateway/shared/parallel')
const entry = new URL('../../dist/parallel/judge-worker.js', pathToFileURL(index))

const plain = (context: CheckContext): JudgeContext => ({
  organisation: context.organisation,
  profiles: context.profiles,
  tables: context.tables,
  unpublishedKinds: context.unpublishedKinds,
  phishingWords: context.phishingWords,
})

async function inWorkers(applications: readonly Application[], context: CheckContext): Promise<Judged[]> {
  const pool = new JudgePool(entry, plain(context), Math.min(availableParallelism(), MOST_WORKERS))
  try {
    const chunks = Array.from({ length: Math.ceil(applications.length / CHUNK) }, (_, place) =>
      pool.judge(applications.slice(place * CHUNK, (place + 1) * CHUNK), 1 + place * CHUNK),
    )
    return (await Promise.all(chunks)).flat()
  } finally {
    await pool.close()
  }
}

/** One after the other: two at once would take as long together, and twice the memory. */
let last: Promise<unknown> = Promise.resolve()

/** @returns undefined for rows that are few: they are judged where they are checked */
export async function judgeMany(
  applications: readonly Application[],
  context: CheckContext,
): Promise<Judged[] | undefined> {
  if (applications.length < MANY) return undefined
  const judged = last.then(() => inWorkers(applications, context))
  last = judged.catch(() => undefined)
  return judged
}
