/** Whether a server that hooks, scripts or people configured shows the certificate; who looked keeps that in mind. */
import type { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseChain } from '../acme/certificate-chain.js'
import type { Directories } from '../keystore/directories.js'
import type { Lineage } from '../keystore/lineages.js'
import { noFailure, updateState } from '../renewal/deployment-state.js'
import { Failure } from '../terminal/failure.js'
import { checkEndpoints } from './handshake.js'
import { readEndpoint } from './read-endpoint.js'

export interface Look {
  /** `--check`: host:port. */
  place: string
  now: Date
  /** How long the server may take; when absent as after a reload. */
  waitMs?: number
}

/** @throws Failure that says what is shown instead */
export async function lookAt(
  { place, waitMs }: Look,
  names: readonly string[],
  chain: readonly X509Certificate[],
): Promise<void> {
  const [finding] = await checkEndpoints([readEndpoint(place, names)], chain, waitMs)
  if (!finding) return
  throw new Failure('failed', {
    en: `The certificate is there, but not in use: ${finding.en}`,
    ja: `証明書は取得済みですが、使われていません: ${finding.ja}`,
  })
}

/** @throws Failure that says what is shown instead */
export async function lookForLineage(directories: Directories, lineage: Lineage, look: Look): Promise<void> {
  await lookAt(look, lineage.names, parseChain(await readFile(lineage.paths.fullchain, 'utf8')))
  const step = { serial: lineage.serial, at: look.now.toISOString() }
  await updateState(directories, lineage.name, { installed: step, seen: step, ...noFailure })
}
