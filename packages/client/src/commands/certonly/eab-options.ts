/** Where the EAB credential comes from: a file of both, or the key id with its secret. */
import { readFile, stat } from 'node:fs/promises'
import * as z from 'zod/mini'
import type { EabCredential } from '../../acme/external-account-binding.js'
import { Failure } from '../../terminal/failure.js'
import type { Reporter } from '../../terminal/reporter.js'

export interface EabOptions {
  eabFile?: string
  eabKid?: string
  eabHmacKey?: string
  eabHmacKeyFile?: string
}

const fileSchema = z.object({ kid: z.string().check(z.minLength(1)), hmacKey: z.string() })

/** A credential is some hundred bytes; whatever is far larger is another file. */
const maxFileBytes = 16 * 1024

/** @throws Failure (usage) when options contradict each other or a file does not hold what it should */
export async function readEab(options: EabOptions, reporter: Reporter): Promise<EabCredential | undefined> {
  const { eabFile, eabKid, eabHmacKey, eabHmacKeyFile } = options
  if (eabFile && (eabHmacKey ?? eabHmacKeyFile)) throw contradiction
  if (eabFile) return parseFile(await readSecret(eabFile, reporter), eabFile)
  if (eabHmacKey && eabHmacKeyFile) throw contradiction
  if (!eabHmacKey && !eabHmacKeyFile) return undefined
  if (!eabKid) throw withoutKid
  return { kid: eabKid, hmacKey: eabHmacKey ?? (await readSecret(eabHmacKeyFile ?? '', reporter)) }
}

function parseFile(text: string, path: string): EabCredential {
  try {
    return fileSchema.parse(JSON.parse(text))
  } catch (cause) {
    const en = `${path} is not an EAB file: it should hold {"kid": "…", "hmacKey": "…"}.`
    const ja = `${path} は EAB ファイルではありません。{"kid": "…", "hmacKey": "…"} の形にしてください。`
    throw new Failure('usage', { en, ja }, { cause })
  }
}

async function readSecret(path: string, reporter: Reporter): Promise<string> {
  try {
    const { size, mode } = await stat(path)
    if (size > maxFileBytes) throw new Error(`${size} bytes`)
    if (mode & 0o077 && process.platform !== 'win32') warnOpenFile(path, reporter)
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    const reason = (cause as Error).message
    const en = `The EAB secret in ${path} cannot be read: ${reason}`
    throw new Failure('usage', { en, ja: `${path} の EAB を読めません: ${reason}` }, { cause })
  }
}

const warnOpenFile = (path: string, reporter: Reporter) =>
  reporter.warn({
    en: `others on this machine can read ${path}; chmod 600 it.`,
    ja: `${path} は他の利用者にも読めます。chmod 600 してください。`,
  })

const contradiction = new Failure('usage', {
  en: 'Give the EAB secret one way only: --eab-file, or --eab-kid with --eab-hmac-key-file.',
  ja: 'EAB は --eab-file か、--eab-kid と --eab-hmac-key-file の、どちらか一つで指定してください。',
})

const withoutKid = new Failure('usage', {
  en: 'The EAB HMAC key needs its key id: give --eab-kid as well.',
  ja: 'EAB の HMAC 鍵には key id が必要です。--eab-kid も指定してください。',
})
