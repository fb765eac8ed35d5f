/**
 * `take-eab`: exchanges a one-time link for an EAB credential.
 *
 * The file is made before the link is used up, so that a disk that cannot be written to costs no link.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import * as z from 'zod/mini'
import { parseJson } from '../../acme/parse-json.js'
import { secretMode } from '../../keystore/atomic-file.js'
import { chooseDirectories, prepareDirectories } from '../../keystore/directories.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import { openTransport } from '../certonly/open-transport.js'
import { readCaFile } from '../ca-file.js'
import type { CommonOptions, Context } from '../command-spec.js'

export interface TakeEabOptions extends CommonOptions {
  out: string
  caFile?: string
}

interface Link {
  /** Without what stands behind the #, which is sent in the body alone. */
  url: URL
  token: string
}

const linkQuestion = {
  en: 'Paste the link from your registration authority operator',
  ja: '登録担当者から受け取ったリンクを貼り付けてください',
}

const maxLinkBytes = 4096

async function readLink({ prompter }: Context): Promise<Link> {
  const text = process.stdin.isTTY ? await prompter?.askSecret(linkQuestion) : await readStandardInput()
  const url = URL.canParse(text?.trim() ?? '') ? new URL((text ?? '').trim()) : undefined
  if (url?.protocol !== 'https:' || !/^#[\w-]{43}$/.test(url.hash)) throw noLink
  const token = url.hash.slice(1)
  url.hash = ''
  return { url, token }
}

async function readStandardInput(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk
    if (text.length > maxLinkBytes) throw noLink
  }
  return text
}

async function makeFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, secretMode)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw code === 'EEXIST' ? alreadyThere(path) : unwritable(path, message, cause)
  }
}

const credentialSchema = z.object({
  kid: z.string(),
  hmacKey: z.string(),
  directoryUrl: z.nullable(z.string()),
})
const problemSchema = z.object({ detail: z.string() })

/** @throws Failure when the gateway refuses the link; TransportError when it cannot be reached */
async function exchange(
  { url, token }: Link,
  { caFile, configDir, workDir, logsDir }: TakeEabOptions,
  context: Context,
): Promise<z.infer<typeof credentialSchema>> {
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const trustedCas = caFile && (await readCaFile(caFile))
  const transport = openTransport(directories, { server: url, trustedCas }, context)
  try {
    const { status, body } = await transport.send('POST', url.href, JSON.stringify({ token }), {
      'content-type': 'application/json',
    })
    if (status === 200) return credentialSchema.parse(JSON.parse(body))
    throw refused(status, problemSchema.safeParse(parseJson(body)).data?.detail ?? '')
  } finally {
    await transport.close()
  }
}

export async function runTakeEab(options: TakeEabOptions, context: Context): Promise<Outcome> {
  const link = await readLink(context)
  const file = await makeFile(options.out)
  try {
    const { kid, hmacKey, directoryUrl } = await exchange(link, options, context)
    await file.writeFile(`${JSON.stringify({ kid, hmacKey })}\n`)
    await file.sync()
    report(context, options.out, { kid, directoryUrl })
  } catch (error) {
    await rm(options.out, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return 'done'
}

function report(
  { reporter }: Context,
  out: string,
  given: { kid: string; directoryUrl: string | null },
): void {
  const server = printable(given.directoryUrl ?? 'DIRECTORY_URL', 500)
  const next = `upki-client certonly -d HOST --server ${server} --eab-file ${out}`
  reporter.result(
    {
      en: `The EAB credential is in ${out}. It makes one account, at the first use:\n  ${next}`,
      ja: `EAB を ${out} に書きました。最初の利用時にアカウントを一つ作れます:\n  ${next}`,
    },
    { outcome: 'done', file: out, kid: given.kid, directoryUrl: given.directoryUrl },
  )
}

const noLink = new Failure('usage', {
  en: 'Give the whole link, https://…#…, on standard input: upki-client take-eab < link.txt',
  ja: 'https://…#… の形のリンク全体を標準入力に渡してください: upki-client take-eab < link.txt',
})

const alreadyThere = (path: string) =>
  new Failure('usage', {
    en: `${path} exists and is not overwritten; give another name with --out. The link was not used.`,
    ja: `${path} は既にあるため上書きしません。--out で別の名前を指定してください。リンクは未使用のままです。`,
  })

const unwritable = (path: string, reason: string, cause: unknown) =>
  new Failure(
    'failed',
    {
      en: `${path} cannot be written: ${reason}. The link was not used.`,
      ja: `${path} に書き込めません: ${reason}。リンクは未使用のままです。`,
    },
    { cause },
  )

const refused = (status: number, detail: string) =>
  new Failure('failed', {
    en: `The gateway did not take the link (${status}): ${printable(detail, 500)}`,
    ja: `ゲートウェイがリンクを受け付けませんでした (${status}): ${printable(detail, 500)}`,
  })
