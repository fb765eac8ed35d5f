/**
 * What became of a certificate after it was issued: installed, seen on the wire.
 * Each is retried on its own, with longer and longer pauses, and told by `status`.
 */
import { dirname } from 'node:path'
import * as z from 'zod/mini'
import { makePrivateDirectory, publicMode, writeFileAtomic } from '../keystore/atomic-file.js'
import { paths, type Directories } from '../keystore/directories.js'
import { listNames, readOptional } from '../keystore/read-optional.js'

const stepSchema = z.object({ serial: z.string(), at: z.string() })
const stateSchema = z.object({
  installed: z.optional(stepSchema),
  seen: z.optional(stepSchema),
  /** Nobody knows where the installed one could be seen. */
  blind: z.optional(z.boolean()),
  /** Serial of one that is in place, until its key's owner, PKCS#12 and deploy-hook were seen to as well. */
  undelivered: z.optional(z.string()),
  /** A version that is issued but could not be installed; the one before it is live meanwhile. */
  waiting: z.optional(z.number()),
  /** Where the gateway is told that this one is in use, until it was told. */
  confirm: z.optional(z.object({ url: z.string(), serial: z.string() })),
  /** Who is to tell it, where there is no renewal configuration: for a CSR that was brought along. */
  orderedBy: z.optional(
    z.object({ server: z.string(), account: z.string(), caFile: z.optional(z.string()) }),
  ),
  /** Failures in a row, and when it is tried again. */
  failures: z.optional(z.number()),
  nextTry: z.optional(z.string()),
  lastError: z.optional(z.string()),
  /** What ARI said last, and until when that holds. */
  advice: z.optional(
    z.object({ until: z.string(), window: z.optional(z.object({ start: z.string(), end: z.string() })) }),
  ),
})
export type DeploymentState = z.infer<typeof stateSchema>

/** Empty when nothing is known; what cannot be read counts as nothing, since all of it can be found out again. */
export async function readState(directories: Directories, name: string): Promise<DeploymentState> {
  const text = await readOptional(paths.state(directories, name))
  if (text === undefined) return {}
  try {
    return stateSchema.parse(JSON.parse(text))
  } catch {
    return {}
  }
}

export async function updateState(
  directories: Directories,
  name: string,
  changes: Partial<DeploymentState>,
): Promise<void> {
  const path = paths.state(directories, name)
  await makePrivateDirectory(dirname(path))
  const state = { ...(await readState(directories, name)), ...changes }
  await writeFileAtomic(path, `${JSON.stringify(state, null, 2)}\n`, publicMode)
}

/** Of certificates for CSRs that were brought along: orders are kept under that name. */
export async function listForeignStates(directories: Directories): Promise<string[]> {
  const files = await listNames(dirname(paths.state(directories, 'any')))
  return files
    .filter((file) => /^csr-[0-9a-f]{32}\.json$/.test(file))
    .map((file) => file.slice(0, -'.json'.length))
}

const hour = 3_600_000

/** 1 h, 2 h, 4 h … a day at most: cron comes twice a day, a person sooner. */
export const nextTryAfter = (failures: number, now: Date) =>
  new Date(now.getTime() + Math.min(24 * hour, hour * 2 ** (failures - 1)))

export async function noteFailure(
  directories: Directories,
  name: string,
  error: string,
  now: Date,
): Promise<void> {
  const failures = ((await readState(directories, name)).failures ?? 0) + 1
  const nextTry = nextTryAfter(failures, now).toISOString()
  await updateState(directories, name, { failures, nextTry, lastError: error })
}

export const noFailure = { failures: undefined, nextTry: undefined, lastError: undefined } as const
