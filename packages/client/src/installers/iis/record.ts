/**
 * What an installation changed in IIS, kept as a file under the journal: so that
 * it can be taken back, and old certificates leave the store one renewal later.
 */
import * as z from 'zod/mini'
import { readOptional } from '../../keystore/read-optional.js'

const actionSchema = z.object({
  kind: z.enum(['replace', 'add']),
  site: z.string(),
  ip: z.string(),
  port: z.number(),
  host: z.string(),
  was: z.string(),
})
const recordSchema = z.object({
  /** Of the certificate that is bound. */
  thumbprint: z.string(),
  actions: z.array(actionSchema),
  /** Certificates that these actions took the place of; they stay in the store until the next time. */
  replaced: z.array(z.string()),
})
export type IisRecord = z.infer<typeof recordSchema>

/** Undefined where there is none that can be read. */
export async function readRecord(path: string): Promise<IisRecord | undefined> {
  const text = await readOptional(path)
  if (text === undefined) return undefined
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export const renderRecord = (record: IisRecord) => `${JSON.stringify(record, null, 2)}\n`
