/**
 * Configuration files are read as latin1, one character per byte, whatever their
 * encoding: a comment in EUC-JP or Shift_JIS survives an edit byte for byte.
 */
import { realpath } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import type { Change } from '../journal/journal.js'
import { takeSnapshot } from '../journal/snapshot.js'
import { Failure } from '../terminal/failure.js'

export const readBytes = (path: string) => readFileSync(path, 'latin1')

/** Our text, such as a path with Japanese, as the bytes that go into a file. */
export const toBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
export const fromBytes = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8')

/** Replaces `[start, end)` of a file. */
export interface Edit {
  file: string
  start: number
  end: number
  text: string
}

/** Applies edits to the files they are for; the same edit given twice counts once. */
export async function changesOf(edits: readonly Edit[]): Promise<Change[]> {
  // A link to a file stays a link; the file behind it changes, once for all its names.
  const real = await Promise.all(edits.map(async (edit) => ({ ...edit, file: await realpath(edit.file) })))
  const files = [...new Set(real.map(({ file }) => file))]
  const changes = await Promise.all(
    files.map((path) =>
      changeOf(
        path,
        real.filter(({ file }) => file === path),
      ),
    ),
  )
  return changes.filter((change) => change !== undefined)
}

async function changeOf(path: string, edits: Edit[]): Promise<Change | undefined> {
  const before = await takeSnapshot(path)
  if (before.kind !== 'file') throw noFile(path)
  const text = before.content.toString('latin1')
  const edited = applyEdits(text, edits)
  return edited === text ? undefined : { path, after: { ...before, content: Buffer.from(edited, 'latin1') } }
}

const noFile = (path: string) =>
  new Failure('failed', { en: `${path} is no file.`, ja: `${path} はファイルではありません。` })

export function applyEdits(text: string, edits: readonly Edit[]): string {
  const unique = new Map(edits.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit]))
  // Later insertions at one place stay behind earlier ones.
  const ordered = [...unique.values()].reverse().sort((a, b) => b.start - a.start)
  return ordered.reduce(
    (result, { start, end, text: part }) => result.slice(0, start) + part + result.slice(end),
    text,
  )
}

/** The line break a text uses. */
export const lineBreak = (text: string) => (/\r\n/.test(text) ? '\r\n' : '\n')

/** A file of our own: written when it is not there or holds something else. */
export async function ownFile(path: string, content: string): Promise<Change[]> {
  const before = await takeSnapshot(path)
  const wanted = Buffer.from(content)
  if (before.kind === 'file' && before.content.equals(wanted)) return []
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  return [{ path, after: { kind: 'file', content: wanted, mode: 0o644, uid, gid } }]
}
