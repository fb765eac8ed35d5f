/** Opens what a command was given: a file or standard input, with what its name and the options say about it. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { RequestedKind } from '@upki-gateway/shared/application'
import { isApplicationKind } from '@upki-gateway/shared/application'
import { readApplications } from '@upki-gateway/shared/formats'
import type { FormatName, Reading } from '@upki-gateway/shared/formats'
import { Failure } from '../../terminal/failure.js'

export interface InputOptions {
  kind?: string
  from?: FormatName
  charset?: string
  config?: string
  configId?: string
}

/** `.tsv` and `.txt` say nothing: with a heading they are tables, without one they are for upload. */
const formatOfExtension = new Map<string, FormatName>([
  ['.json', 'json'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.csv', 'csv'],
  ['.xml', 'xml'],
])

export async function openInput(path: string, options: InputOptions): Promise<Reading> {
  const source = path === '-' ? process.stdin : createReadStream(await existing(path))
  const format = options.from ?? formatOfExtension.get(extname(path).toLowerCase())
  const kind = readKind(options.kind)
  return readApplications(source as AsyncIterable<Uint8Array>, {
    ...(format && { format }),
    ...(kind && { kind }),
    ...(options.charset && { charset: options.charset }),
  })
}

/** @throws Failure (usage) when there is no such file, or it is a directory */
export async function existing(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) return path
  throw new Failure('usage', {
    en: `${path} is not a file that can be read.`,
    ja: `${path} は読めるファイルではありません。`,
  })
}

export function readKind(kind: string | undefined): RequestedKind | undefined {
  if (kind === undefined || kind === 'server' || isApplicationKind(kind)) return kind
  throw new Failure('usage', {
    en: `There is no kind ${kind}; use one such as server, server-issue or client-revoke.`,
    ja: `申請の種類 ${kind} はありません。server、server-issue、client-revoke などを指定してください。`,
  })
}
