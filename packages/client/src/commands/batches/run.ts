/** `batches …`: the operator's side of the hand-off, over REST. Source: docs/operations.md, "By hand". */
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod/mini'
import { secretMode, writeFileAtomic } from '../../keystore/atomic-file.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { readGiven } from '../../terminal/given-file.js'
import { printable } from '../../terminal/printable.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { GatewayApi, type GatewayOptions, type Sent } from './gateway-api.js'

type Common = CommonOptions & GatewayOptions

export type ListOptions = Common & { state: string }
export type TakeOptions = Common & { operands: string; out: string; again?: boolean }
export type TellOptions = Common & { operands: string; page?: string; outcome?: string }
export type ReportOptions = Common & { operands: string; name?: string; takenAt?: string; proof: boolean }

const batchSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  rowCount: z.number(),
  fileName: z.string(),
  sealedAt: z.string(),
})
type Batch = z.infer<typeof batchSchema>
const page = z.object({ batches: z.array(batchSchema), next: z.nullable(z.string()) })

const json = (bytes: Buffer): unknown => JSON.parse(bytes.toString())

const line = ({ id, kind, state, rowCount, sealedAt }: Batch): string =>
  `${id}  ${kind.padEnd(14)}  ${String(rowCount).padStart(2)}  ${state}  ${sealedAt}`

const batchPath = (id: string): string => `/v1/batches/${encodeURIComponent(id)}`

export async function runList(options: ListOptions, context: Context): Promise<Outcome> {
  const api = await GatewayApi.open(options, context)
  const query = new URLSearchParams({ state: options.state })
  const { batches, next } = page.parse(
    json(await api.send({ method: 'GET', path: `/v1/batches?${query.toString()}` })),
  )
  const list = batches.map(line).join('\n')
  const more = next === null ? { en: '', ja: '' } : { en: '\n(there are more)', ja: '\n(続きがあります)' }
  const none = { en: `No file is ${options.state}.`, ja: `状態が ${options.state} のファイルはありません。` }
  context.reporter.result(list ? { en: list + more.en, ja: list + more.ja } : none, { batches, next })
  return 'done'
}

/** The name is the gateway's, so that the operator sees the kind; it can lead nowhere else. */
export async function runTake(options: TakeOptions, context: Context): Promise<Outcome> {
  const api = await GatewayApi.open(options, context)
  await mustBeDirectory(options.out)
  const path = batchPath(options.operands)
  const batch = batchSchema.parse(json(await api.send({ method: 'GET', path })))
  const again = options.again ? '?again=true' : ''
  const bytes = await api.send({ method: 'GET', path: `${path}/tsv${again}` })
  const file = join(options.out, basename(batch.fileName))
  // The comment and the subscriber's address are personal data.
  await writeFileAtomic(file, bytes, secretMode)
  context.reporter.result(
    {
      en: `${file}: upload it as ${batch.kind} with 「全件処理を中断する」, then: upki-client batches tell ${batch.id} --page ANSWER`,
      ja: `${file}: ${batch.kind} の画面で「全件処理を中断する」を選んでアップロードし、次を実行してください: upki-client batches tell ${batch.id} --page 応答画面`,
    },
    { outcome: 'done', file, ...batch },
  )
  return 'done'
}

/** Before the file is taken: one that was taken and not written would need --again. */
async function mustBeDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new Failure('usage', {
    en: `${path} is not a folder; the file was not taken.`,
    ja: `${path} はフォルダではありません。ファイルは受け取っていません。`,
  })
}

export async function runTell(options: TellOptions, context: Context): Promise<Outcome> {
  const answer = await answerOf(options)
  const api = await GatewayApi.open(options, context)
  const path = `${batchPath(options.operands)}/outcome`
  const batch = batchSchema.parse(json(await api.send({ method: 'POST', path, ...answer })))
  context.reporter.result(
    { en: `${batch.id} is ${batch.state} now.`, ja: `${batch.id} は「${batch.state}」になりました。` },
    { outcome: 'done', ...batch },
  )
  return 'done'
}

async function answerOf({ page: file, outcome }: TellOptions): Promise<Pick<Sent, 'body' | 'type'>> {
  if (file !== undefined && outcome === undefined) return { body: { file }, type: await typeOfPage(file) }
  if (file === undefined && outcome !== undefined)
    return { body: JSON.stringify({ outcome }), type: 'application/json' }
  throw oneAnswer
}

/** Saved pages are told from copied text by what they begin with, whatever they are called. */
async function typeOfPage(path: string): Promise<string> {
  const start = (await readGiven(path)).subarray(0, 2000).toString('latin1')
  return /<(!doctype|html|head|body|table)\b/i.test(start) ? 'text/html' : 'text/plain'
}

const answered = z.object({
  rows: z.number(),
  added: z.number(),
  changed: z.number(),
  unreadable: z.number(),
  matched: z.number(),
})

export async function runReport(options: ReportOptions, context: Context): Promise<Outcome> {
  const { operands: file } = options
  const query = new URLSearchParams({ name: options.name ?? nameOf(file) })
  if (options.proof) query.set('takenAt', options.takenAt ?? (await stat(file)).mtime.toISOString())
  const api = await GatewayApi.open(options, context)
  const type = 'text/tab-separated-values'
  const path = `/v1/reports?${query.toString()}`
  const given = answered.parse(json(await api.send({ method: 'POST', path, body: { file }, type })))
  const { rows, added, changed, matched, unreadable } = given
  context.reporter.result(
    {
      en: `${rows} rows: ${matched} applications under way, ${added} new certificates, ${changed} changed, ${unreadable} unreadable.`,
      ja: `${rows} 行: 処理中の申請 ${matched}、新しい証明書 ${added}、変更 ${changed}、読めないもの ${unreadable}。`,
    },
    { outcome: 'done', ...given },
  )
  return 'done'
}

function nameOf(file: string): string {
  const [, name] = /^(server|client)All/i.exec(basename(file)) ?? []
  if (name) return name.toLowerCase()
  throw new Failure('usage', {
    en: `Is ${printable(basename(file), 100)} of servers or of persons? Give --name server or --name client.`,
    ja: `${printable(basename(file), 100)} はサーバとクライアントのどちらの報告ですか。--name server か --name client を指定してください。`,
  })
}

const oneAnswer = new Failure('usage', {
  en: 'Give either the page with --page, or one word with --outcome.',
  ja: '--page で画面を渡すか、--outcome で結果を指定するか、どちらか一方にしてください。',
})
