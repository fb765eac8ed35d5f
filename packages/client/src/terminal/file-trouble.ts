/** What the system says when a file cannot be read or written, in words a person can act on. */
import type { Bilingual } from '@upki-gateway/shared/problem'

const causes: Record<string, Bilingual> = {
  ENOSPC: { en: 'the disk is full: make room', ja: 'ディスクに空きがありません。空き容量を作ってください' },
  EDQUOT: {
    en: 'the quota is used up: make room',
    ja: 'クォータを使い切っています。空き容量を作ってください',
  },
  EROFS: {
    en: 'the file system is read-only: mount it writable',
    ja: '読み取り専用のファイルシステムです。書き込み可能にしてください',
  },
  EACCES: { en: 'permission denied: run as root', ja: '権限がありません。root で実行してください' },
  ENOENT: {
    en: 'there is no such file or folder; check the path',
    ja: 'そのファイルまたはフォルダがありません。パスを確かめてください',
  },
  EISDIR: { en: 'it is a folder; name a file', ja: 'フォルダです。ファイルを指定してください' },
  ENOTDIR: { en: 'part of the path is no folder; check it', ja: 'パスの途中がフォルダではありません' },
  EPERM: { en: 'not permitted: run as root', ja: '許可されていません。root で実行してください' },
}

const unknownCause: Bilingual = {
  en: 'check free space, permissions and whether the file system is read-only',
  ja: '空き容量、権限、読み取り専用でないかを確かめてください',
}

const causeOf = (code: string): Bilingual => causes[code] ?? unknownCause

/** Of a file that was only to be read. @returns undefined for errors of another kind */
export function explainUnreadable(error: unknown, path: string): Bilingual | undefined {
  const { code } = error as NodeJS.ErrnoException
  if (!code) return undefined
  const { en, ja } = causeOf(code)
  return { en: `${path} cannot be read (${code}): ${en}.`, ja: `${path} を読めません (${code})。${ja}。` }
}

/**
 * @param place the file meant, where the error itself does not say or names another
 * @returns undefined for errors of another kind
 */
export function explainFileTrouble(error: unknown, place?: string): Bilingual | undefined {
  const { code, path = place } = error as NodeJS.ErrnoException
  if (!code || (!path && !Object.hasOwn(causes, code))) return undefined
  const cause = causeOf(code)
  const file = place ?? path
  return {
    en: `${file ?? 'A file'} cannot be read or written (${code}): ${cause.en}, then run the command again; nothing is lost.`,
    ja: `${file ?? 'ファイル'} を読み書きできません (${code})。${cause.ja}。その後もう一度実行してください。失われたものはありません。`,
  }
}
