/**
 * An order under way, on disk before finalize is sent: `orders/NAME/` in the
 * work directory with order.json, privkey.pem, csr.pem and, once it is there,
 * chain.pem. Whatever happens, a later run finds the key and asks for the same
 * order again, so nothing is ordered twice and no certificate is left without its key.
 */
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod/mini'
import { Failure } from '../terminal/failure.js'
import {
  makePrivateDirectory,
  publicMode,
  secretMode,
  syncDirectory,
  writeFileAtomic,
} from './atomic-file.js'
import { keyTypes } from './certificate-key.js'
import { paths, type Directories } from './directories.js'
import { readOptional } from './read-optional.js'

const recordSchema = z.object({
  server: z.string(),
  accountId: z.string(),
  /** Order URL; asked again by every run. */
  url: z.string(),
  names: z.array(z.string()),
  keyType: z.enum(keyTypes),
  caFile: z.optional(z.string()),
  software: z.optional(z.string()),
  /** Options that renewals repeat; whoever goes on with the order need not give them again. */
  settings: z.optional(z.record(z.string(), z.string())),
  orderedAt: z.string(),
  /** Where it is told that the certificate is in use. */
  confirmUrl: z.optional(z.string()),
  /** SHA-256 of the public key of a CSR that was brought along. */
  spkiSha256: z.optional(z.string()),
  /** Number N of the files `privkeyN.pem` …, fixed before the first of them is written. */
  version: z.optional(z.number()),
})

export type OrderRecord = z.infer<typeof recordSchema>

export interface PendingOrder {
  folder: string
  record: OrderRecord
  /** PKCS #8 PEM; empty when the key lies elsewhere. */
  privateKey: string
  csr: string
  /** PEM as downloaded, leaf first. */
  chain?: string
}

const files = { record: 'order.json', privateKey: 'privkey.pem', csr: 'csr.pem', chain: 'chain.pem' } as const

/** @throws Failure when what is stored cannot be read; it is never overwritten. */
export async function readPendingOrder(
  directories: Directories,
  name: string,
): Promise<PendingOrder | undefined> {
  const folder = paths.order(directories, name)
  const read = (file: keyof typeof files) => readOptional(join(folder, files[file]))
  const record = await read('record')
  if (record === undefined) return undefined
  const [privateKey, csr, chain] = await Promise.all([read('privateKey'), read('csr'), read('chain')])
  const parsed = parseRecord(record, folder)
  if ((!privateKey && !parsed.spkiSha256) || !csr) throw damaged(folder)
  return { folder, record: parsed, privateKey: privateKey ?? '', csr, chain }
}

/** Stores a new order as a whole: its folder appears complete or not at all. */
export async function savePendingOrder(
  directories: Directories,
  name: string,
  order: Omit<PendingOrder, 'folder' | 'chain'>,
): Promise<PendingOrder> {
  const folder = paths.order(directories, name)
  const temporary = `${folder}.tmp`
  await rm(temporary, { recursive: true, force: true })
  await makePrivateDirectory(temporary)
  if (order.privateKey) await writeFileAtomic(join(temporary, files.privateKey), order.privateKey, secretMode)
  await writeFileAtomic(join(temporary, files.csr), order.csr, publicMode)
  await writeFileAtomic(join(temporary, files.record), render(order.record), secretMode)
  // Without its order.json it is what a crash left of an order already removed.
  await rm(folder, { recursive: true, force: true })
  await rename(temporary, folder)
  await syncDirectory(dirname(folder))
  return { ...order, folder }
}

export async function saveChain(
  order: PendingOrder,
  chain: string,
  confirmUrl?: string,
): Promise<PendingOrder> {
  const record = { ...order.record, confirmUrl }
  if (confirmUrl) await writeFileAtomic(join(order.folder, files.record), render(record), secretMode)
  await writeFileAtomic(join(order.folder, files.chain), chain, publicMode)
  return { ...order, record, chain }
}

export async function saveVersion(order: PendingOrder, version: number): Promise<PendingOrder> {
  const record = { ...order.record, version }
  await writeFileAtomic(join(order.folder, files.record), render(record), secretMode)
  return { ...order, record }
}

/** Forgets an order whose certificate is in place or will never come. */
export async function removePendingOrder(order: PendingOrder): Promise<void> {
  // order.json goes first: what a crash leaves of the rest is no order any more.
  await rm(join(order.folder, files.record), { force: true })
  await rm(order.folder, { recursive: true, force: true })
  await syncDirectory(dirname(order.folder))
}

/** Puts an order aside with its key, in case its certificate is issued after all. Returns the new place. */
export async function setAsidePendingOrder(order: PendingOrder, now: Date): Promise<string> {
  const place = `${order.folder}.abandoned-${now.toISOString().replace(/[^0-9]/g, '')}`
  await rename(order.folder, place)
  await syncDirectory(dirname(order.folder))
  return place
}

const render = (record: OrderRecord) => `${JSON.stringify(record, null, 2)}\n`

function parseRecord(text: string, folder: string): OrderRecord {
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch (error) {
    throw damaged(folder, error)
  }
}

const damaged = (folder: string, cause?: unknown) =>
  new Failure(
    'failed',
    {
      en: `The order stored in ${folder} cannot be read. Restore the folder from a backup, or move it away to begin anew; it holds the key of the certificate that may be on its way.`,
      ja: `${folder} に保存された注文を読めません。バックアップから戻すか、やり直す場合は別の場所へ移してください。発行途中の証明書の鍵が入っています。`,
    },
    { cause },
  )
