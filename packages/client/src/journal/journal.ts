/**
 * The journal of configuration changes: what lay at each path before we wrote.
 *
 * `backups/N/` in the work directory holds plain copies, made and synced before
 * the first write, and `entry.json`, which says where each belongs. A change is
 * `open` until the server was seen to work with it; whoever finds it open puts
 * the copies back. Putting back copies bytes and never reads a server's
 * configuration, so it works however broken that is.
 */
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { makePrivateDirectory, secretMode, syncDirectory, writeFileAtomic } from '../keystore/atomic-file.js'
import type { Directories } from '../keystore/directories.js'
import { listNames, readOptional } from '../keystore/read-optional.js'
import { digest, putSnapshot, takeSnapshot, type Snapshot } from './snapshot.js'

/** What a path shall hold. */
export interface Change {
  path: string
  after: Snapshot
}

const pathSchema = z.object({
  path: z.string(),
  before: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('absent') }),
    z.object({ kind: z.literal('link'), target: z.string() }),
    z.object({ kind: z.literal('file'), mode: z.number(), uid: z.number(), gid: z.number() }),
  ]),
  /** Digest of what was written. */
  after: z.string(),
})

const entrySchema = z.object({
  installer: z.string(),
  certName: z.string(),
  at: z.string(),
  /** `open`: being made; `done`: in use; `undone`: put back. */
  state: z.enum(['open', 'done', 'undone']),
  paths: z.array(pathSchema),
})

type Record = z.infer<typeof entrySchema>
type PathRecord = z.infer<typeof pathSchema>

export interface Entry extends Record {
  number: number
  folder: string
}

const backups = ({ work }: Directories) => join(work, 'backups')

/** Entries, oldest first. */
export async function listEntries(directories: Directories): Promise<Entry[]> {
  const names = await listNames(backups(directories))
  const numbers = names.filter((name) => /^\d{1,9}$/.test(name)).map(Number)
  return Promise.all(numbers.sort((a, b) => a - b).map((number) => readEntry(directories, number)))
}

async function readEntry(directories: Directories, number: number): Promise<Entry> {
  const folder = join(backups(directories), String(number))
  const text = await readFile(join(folder, 'entry.json'), 'utf8')
  return { ...entrySchema.parse(JSON.parse(text)), number, folder }
}

/** Copies what lies at the paths; nothing has been written to them when this returns. */
export async function openEntry(
  directories: Directories,
  about: { installer: string; certName: string; now: Date },
  changes: readonly Change[],
): Promise<Entry> {
  const number = Math.max(0, ...(await listEntries(directories)).map((entry) => entry.number)) + 1
  const folder = join(backups(directories), String(number))
  const temporary = `${folder}.tmp`
  await rm(temporary, { recursive: true, force: true })
  await makePrivateDirectory(temporary)
  const paths: PathRecord[] = []
  for (const change of changes) paths.push(await copyPath(temporary, paths.length, change))
  const { installer, certName, now } = about
  const record: Record = { installer, certName, at: now.toISOString(), state: 'open', paths }
  await writeFileAtomic(join(temporary, 'entry.json'), render(record), secretMode)
  await rename(temporary, folder)
  await syncDirectory(backups(directories))
  return { ...record, number, folder }
}

async function copyPath(folder: string, index: number, { path, after }: Change): Promise<PathRecord> {
  const snapshot = await takeSnapshot(path)
  if (snapshot.kind !== 'file') return { path, before: snapshot, after: digest(after) }
  const { mode, uid, gid } = snapshot
  const own = { uid: process.getuid?.() ?? uid, gid: process.getgid?.() ?? gid }
  await putSnapshot(join(folder, String(index)), { ...snapshot, ...own, mode: secretMode })
  return { path, before: { kind: 'file', mode, uid, gid }, after: digest(after) }
}

export async function markEntry(entry: Entry, state: Entry['state']): Promise<void> {
  const { number: _number, folder, ...record } = entry
  await writeFileAtomic(join(folder, 'entry.json'), render({ ...record, state }), secretMode)
}

/** Puts every copy back, the last written first. Run again after a crash it ends the same. */
export async function restoreEntry(entry: Entry): Promise<void> {
  for (const [index, { path, before }] of [...entry.paths.entries()].reverse()) {
    const snapshot =
      before.kind === 'file'
        ? { ...before, content: await readFile(join(entry.folder, String(index))) }
        : before
    if (!(await isSame(path, snapshot))) await putSnapshot(path, snapshot)
  }
  await markEntry(entry, 'undone')
}

async function isSame(path: string, wanted: Snapshot): Promise<boolean> {
  const found = await takeSnapshot(path)
  const sameMode = found.kind !== 'file' || wanted.kind !== 'file' || found.mode === wanted.mode
  return sameMode && digest(found) === digest(wanted)
}

/** Paths that no longer hold what the entry wrote: somebody else changed them since. */
export async function changedSince({ paths }: Entry): Promise<string[]> {
  const changed: string[] = []
  for (const { path, after } of paths) if (digest(await takeSnapshot(path)) !== after) changed.push(path)
  return changed
}

/** Whether a change was cut short: a look at the disk that costs nothing when there is no journal. */
export async function hasOpenEntry(directories: Directories): Promise<boolean> {
  const names = await listNames(backups(directories))
  const texts = await Promise.all(
    names.map((name) => readOptional(join(backups(directories), name, 'entry.json'))),
  )
  return texts.some((text) => text?.includes('"state": "open"'))
}

const render = (record: Record) => `${JSON.stringify(record, null, 2)}\n`
